//! A report as text for people. The JSON of a report is its `Serialize`.

use std::fmt::{self, Write as _};

use super::Report;

/// How many places of each code are shown.
const SHOWN_MAX: usize = 20;

/// The report, grouped by code: the first places of each, and how many more there are.
pub fn to_text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_report(&mut text, report);
    text
}

fn write_report(text: &mut String, report: &Report) -> fmt::Result {
    let Report { seats, areas, units, defects, repaired } = report;
    let (seats, areas, units) = (counted(*seats, "seat"), counted(*areas, "area"), counted(*units, "unit"));
    writeln!(text, "{seats}, {areas}, {units}")?;
    let defects = grouped(defects.iter().map(|defect| (&*defect.code, &*defect.pointer, &*defect.detail)));
    let repaired = grouped(repaired.iter().map(|one| (&*one.code, &*one.pointer, &*one.detail)));
    if defects.is_empty() {
        writeln!(text, "no defects")?;
    }
    section(text, "defect", &defects)?;
    section(text, "repair", &repaired)
}

type Group<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// By code, in the order in which the codes first appear.
fn grouped<'a>(all: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (code, pointer, detail) in all {
        match groups.iter_mut().find(|(of, _)| *of == code) {
            Some((_, places)) => places.push((pointer, detail)),
            None => groups.push((code, vec![(pointer, detail)])),
        }
    }
    groups
}

fn section(text: &mut String, title: &str, groups: &[Group<'_>]) -> fmt::Result {
    if groups.is_empty() {
        return Ok(());
    }
    let count: usize = groups.iter().map(|(_, places)| places.len()).sum();
    writeln!(text, "\n{}:", counted(count as u32, title))?;
    for (code, places) in groups {
        writeln!(text, "  {code} ({})", places.len())?;
        for (pointer, detail) in places.iter().take(SHOWN_MAX) {
            let pointer = if pointer.is_empty() { "(whole plan)" } else { pointer };
            writeln!(text, "    {pointer}: {detail}")?;
        }
        if places.len() > SHOWN_MAX {
            writeln!(text, "    … and {} more", places.len() - SHOWN_MAX)?;
        }
    }
    Ok(())
}

fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Defect;
    use crate::plans::Repair;

    #[test]
    fn a_report_groups_by_code_and_shows_the_first_twenty() {
        let mut report = Report { seats: 1, areas: 0, units: 1, ..Report::default() };
        report.defects = (0..23).map(|n| Defect::new("duplicate_id", format!("/{n}"), "again")).collect();
        report.defects.insert(1, Defect::new("plan_empty", "", "nothing"));
        let code = "duplicate_id".to_owned();
        let repair = Repair { code, pointer: "/0".to_owned(), detail: "\"A\" is now \"A~2\"".to_owned() };
        report.repaired = vec![repair];
        let text = to_text(&report);
        assert!(
            text.starts_with("1 seat, 0 areas, 1 unit\n\n24 defects:\n  duplicate_id (23)\n    /0: again\n")
        );
        assert!(
            text.contains("    /19: again\n    … and 3 more\n  plan_empty (1)\n    (whole plan): nothing\n")
        );
        assert!(text.ends_with("\n1 repair:\n  duplicate_id (1)\n    /0: \"A\" is now \"A~2\"\n"));
    }

    #[test]
    fn a_clean_report_says_so() {
        assert_eq!(to_text(&Report::default()), "0 seats, 0 areas, 0 units\nno defects\n");
    }
}
