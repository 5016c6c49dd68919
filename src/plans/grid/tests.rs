use crate::domain::Plan;
use crate::plans::{Format, ImportOptions, Imported, Report, read};

fn import(file: impl AsRef<[u8]>, repair: bool) -> Result<Imported, Box<Report>> {
    let file_name = Some("hall".to_owned());
    let options = ImportOptions { repair, file_name, ..ImportOptions::default() };
    read(file.as_ref(), &options, &mut |_, _| {})
}

fn plan(file: &str) -> Plan {
    import(file, false).unwrap().plan
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.units().iter().map(|unit| &*unit.id).collect()
}

/// Code and place of each defect.
fn defects(file: impl AsRef<[u8]>) -> Vec<String> {
    let report = import(file, false).unwrap_err();
    report.defects.into_iter().map(|defect| format!("{} at {}", defect.code, defect.pointer)).collect()
}

#[test]
fn a_line_is_a_row_and_a_cell_a_seat() {
    let plan = plan("R:A1,R:A2,,S:A3+\n\n,S:B1\n");
    assert_eq!(plan.document().name, "hall");
    assert_eq!(ids(&plan), ["A1", "A2", "A3", "B1"]);
    let at = |n: u32| plan.unit(n).at.map(|at| (at.x, at.y)).unwrap();
    assert_eq!([at(0), at(2), at(3)], [(0.5, 0.5), (3.5, 0.5), (1.5, 2.5)], "an empty line is an aisle");
    let rows: Vec<_> = plan.rows().iter().map(|row| (&*row.label, row.seats.clone())).collect();
    assert_eq!(rows, [("A", 0..3), ("B", 3..4)]);
    let unit = plan.unit(2);
    assert!(unit.gap_before && unit.accessible && !plan.unit(1).gap_before && !plan.unit(3).gap_before);
    let names: Vec<_> = plan.categories().iter().map(|category| category.name.as_str()).collect();
    assert_eq!((names, unit.category), (vec!["R", "S"], Some(1)));
    let size = plan.document().size.unwrap();
    assert_eq!((size.width, size.height), (4.0, 3.0));
}

#[test]
fn a_row_without_letters_of_its_own_is_called_by_its_line() {
    let plan = plan("R:1,R:2\nR:A1,R:B2\nR:C1\nR:C2\n");
    let rows: Vec<_> = plan.rows().iter().map(|row| (&*row.id, &*row.label)).collect();
    assert_eq!(rows, [("1", "1"), ("2", "2"), ("C", "C"), ("C~2", "C")]);
}

#[test]
fn spreadsheets_save_grids_in_many_ways() {
    for file in [
        "R:A1,R:A2,,S:A3+\n",
        "R:A1;R:A2;;S:A3+\r\n",
        "R:A1\tR:A2\t\tS:A3+",
        "\"R:A1\",\"R:A2\",\"\",\" S : A3+ \"\r\n",
        "R:A1,R:A2, ,S:A3+,,,\n,,\n",
    ] {
        let plan = plan(file);
        assert_eq!(ids(&plan), ["A1", "A2", "A3"], "{file:?}");
        assert!(plan.unit(2).gap_before && plan.unit(2).accessible, "{file:?}");
    }
}

#[test]
fn a_first_line_may_declare_the_zones() {
    for first in ["# zones: R, S, Balcony", "\"# zones: R, S, Balcony\"", "#zones:R;S;Balcony;"] {
        let plan = plan(&format!("{first}\n# a note, R:X1\nS:A1,R:A2\n"));
        let names: Vec<_> = plan.categories().iter().map(|category| category.id.as_str()).collect();
        assert_eq!(names, ["R", "S", "Balcony"], "{first}");
        assert_eq!((ids(&plan), plan.unit(0).at.map(|at| at.y)), (vec!["A1", "A2"], Some(0.5)));
    }
    let flawed = "# zones: R, R\nR:A1,T:A2\n";
    assert_eq!(defects(flawed), ["duplicate_id at line 1, column 2", "zone_unknown at line 2, column 2"]);
    let repaired = import(flawed, true).unwrap();
    assert_eq!(repaired.plan.categories().len(), 2);
}

#[test]
fn a_price_for_a_zone_that_is_not_there_is_a_defect() {
    let prices = vec![("VIP".to_owned(), 100)];
    let currency = Some("KRW".parse().unwrap());
    let options =
        ImportOptions { prices, currency, name: Some("Hall".to_owned()), ..ImportOptions::default() };
    let report = read(b"R:A1\n", &options, &mut |_, _| {}).unwrap_err();
    assert_eq!(report.defects[0].code, "price_unknown");
}

const FLAWED: &[u8] = b"\xef\xbb\xbfR:A1,R:A1,R:A2 (pillar)\r\nR:B1,S:A1\r\n";

#[test]
fn every_flaw_is_told_with_line_and_column() {
    let expected = [
        "byte_order_mark at line 1, column 1",
        "duplicate_id at line 1, column 2",
        "cell_malformed at line 1, column 3",
        "duplicate_id at line 2, column 2",
        "label_repeated at line 1, column 2",
    ];
    assert_eq!(defects(FLAWED), expected);
    assert_eq!(
        defects(b"R:A1,R:\xff\nR:B1,no seat\n"),
        ["bad_encoding at line 1, column 2", "cell_malformed at line 2, column 2"]
    );
}

#[test]
fn marks_duplicates_and_junk_are_repaired() {
    let Imported { plan, report } = import(FLAWED, true).unwrap();
    assert_eq!(ids(&plan), ["A1", "R-A1~2", "A2 (pillar)", "B1", "S-A1~2"]);
    assert_eq!((&*plan.unit(0).label, &*plan.unit(1).label), ("A1", "A1 (2)"));
    let said: Vec<_> = report.repaired.iter().map(|repair| repair.detail.as_str()).collect();
    let odd = r#"the seat is called "A2 (pillar)""#;
    let again = r#"is now "main, 1, A1 (2)""#;
    assert_eq!(said, ["was skipped", r#""A1" is now "R-A1~2""#, odd, r#""A1" is now "S-A1~2""#, again]);
    assert!(import(b"R:A1,R:\xff\n", true).is_err(), "what is not text is not guessed");
}

#[test]
fn a_text_without_seats_is_no_grid() {
    let codes = |file: &str, format| {
        let options = ImportOptions { format, file_name: Some("x".to_owned()), ..ImportOptions::default() };
        let report = read(file.as_bytes(), &options, &mut |_, _| {}).unwrap_err();
        report.defects.into_iter().map(|defect| defect.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("name,seat\nAnn,7\n", Format::Auto), ["format_unknown"]);
    assert_eq!(codes("\n\n", Format::Csv), ["format_unknown"]);
    assert_eq!(codes("name\n", Format::Csv), ["format_unknown"]);
    assert_eq!(codes("R:A1\nA2\n", Format::Csv), ["cell_malformed"]);
}

#[test]
fn seats_are_read_however_row_and_number_are_written() {
    for cells in [["A 1", "A 2"], ["A/1", "A/2"], ["Row A Seat 1", "Row A Seat 2"], ["A열 1번", "A열 2번"]]
    {
        let plan = plan(&format!("R:{},,\"R:{}\"\n", cells[0], cells[1]));
        assert_eq!(ids(&plan), cells);
        assert_eq!((&*plan.unit(0).label, &*plan.unit(1).label), ("A-1", "A-2"));
        assert_eq!(&*plan.rows()[0].label, "A");
    }
    let twice = "R:A 1,R:A/1\n";
    assert_eq!(defects(twice), ["label_repeated at line 1, column 2"]);
    assert_eq!(&*import(twice, true).unwrap().plan.unit(1).label, "A-1 (2)");
}

#[test]
fn a_line_of_nothing_but_separators_is_no_row() {
    let wide = format!("R:A1,{}\n", ",".repeat(crate::plans::table::CELLS_MAX));
    let report = import(&wide, true).unwrap_err();
    assert_eq!(report.defects[0].code, "format_unknown");
    assert!(report.defects[0].detail.contains("20000 cells"), "{}", report.defects[0].detail);
}

proptest::proptest! {
    #[test]
    fn a_repair_never_loses_who_is_who(
        cells in proptest::collection::btree_set("[A-C가]{0,2}[ /.(-]{0,2}[0-9]{0,2}[?! a+]{0,2}", 1..12),
        separator in proptest::sample::select(vec![',', ';', '\t']),
    ) {
        let names: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        let line: Vec<String> = names.iter().map(|name| format!("R:{name}")).collect();
        let Ok(imported) = import(line.join(&separator.to_string()), true) else { return Ok(()) };
        let plan = &imported.plan;
        let seats = plan.units().len();
        let ids: std::collections::BTreeSet<&str> = ids(plan).into_iter().collect();
        let printed: std::collections::BTreeSet<_> = (0..seats as u32).map(|unit| {
            let printed = plan.printed(unit);
            (printed.zone, printed.section, printed.row, printed.label)
        }).collect();
        proptest::prop_assert_eq!((ids.len(), printed.len(), names.len()), (seats, seats, seats));
        for (unit, name) in names.iter().enumerate() {
            let wanted: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            for told in [&plan.unit(unit as u32).id, &plan.unit(unit as u32).label] {
                let told: String = told.chars().filter(|c| c.is_alphanumeric()).collect();
                proptest::prop_assert!(told.contains(&wanted), "{} is told as {}", name, told);
            }
        }
    }
}
