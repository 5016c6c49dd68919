//! A report as text for people. The JSON of a report is its `Serialize`.

use std::fmt::{self, Write as _};

use super::{Report, Tally};

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
    let Report { seats, areas, units, offers, not_for_sale, read_alike, defects, repaired, .. } = report;
    let (seats, areas, units) = (counted(*seats, "seat"), counted(*areas, "area"), counted(*units, "unit"));
    writeln!(text, "{seats}, {areas}, {units}, {}", counted(*offers, "offer"))?;
    if *not_for_sale > 0 {
        writeln!(text, "{not_for_sale} of the seats and areas are in no offer: nobody can buy them")?;
    }
    if *read_alike > 0 {
        writeln!(text, "{read_alike} of the seats and areas read like another on a ticket")?;
    }
    let defects = grouped(defects.iter().map(|defect| (&*defect.code, &*defect.pointer, &*defect.detail)));
    let repaired = grouped(repaired.iter().map(|one| (&*one.code, &*one.pointer, &*one.detail)));
    if defects.is_empty() {
        writeln!(text, "no defects")?;
    }
    section(text, "defect", &defects)?;
    section(text, "repair", &repaired)?;
    tallies(text, "left out, since there is no place for it here", &report.left_out)?;
    tallies(text, "by the positions and numbers of seats", &report.settled)
}

fn tallies(text: &mut String, title: &str, tallies: &[Tally]) -> fmt::Result {
    if tallies.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n{title}:")?;
    tallies.iter().try_for_each(|Tally { what, count }| writeln!(text, "  {count} × {what}"))
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
        let mut report = Report { seats: 1, areas: 0, units: 1, offers: 1, ..Report::default() };
        report.defects = (0..23).map(|n| Defect::new("duplicate_id", format!("/{n}"), "again")).collect();
        report.defects.insert(1, Defect::new("plan_empty", "", "nothing"));
        let code = "duplicate_id".to_owned();
        let repair = Repair { code, pointer: "/0".to_owned(), detail: "\"A\" is now \"A~2\"".to_owned() };
        report.repaired = vec![repair];
        let text = to_text(&report);
        assert!(text.starts_with(
            "1 seat, 0 areas, 1 unit, 1 offer\n\n24 defects:\n  duplicate_id (23)\n    /0: again\n"
        ));
        assert!(
            text.contains("    /19: again\n    … and 3 more\n  plan_empty (1)\n    (whole plan): nothing\n")
        );
        assert!(text.ends_with("\n1 repair:\n  duplicate_id (1)\n    /0: \"A\" is now \"A~2\"\n"));
    }

    #[test]
    fn a_clean_report_says_so() {
        assert_eq!(to_text(&Report::default()), "0 seats, 0 areas, 0 units, 0 offers\nno defects\n");
    }

    #[test]
    fn what_is_left_out_and_what_cannot_be_bought_is_said() {
        let left_out = vec![Tally { what: "sofa of seats".to_owned(), count: 21 }];
        let report = Report { not_for_sale: 3, read_alike: 2, left_out, ..Report::default() };
        let text = to_text(&report);
        assert!(text.contains("\n3 of the seats and areas are in no offer: nobody can buy them\n"), "{text}");
        assert!(text.contains("\n2 of the seats and areas read like another on a ticket\n"), "{text}");
        assert!(
            text.ends_with("\nleft out, since there is no place for it here:\n  21 × sofa of seats\n"),
            "{text}"
        );
    }
}
