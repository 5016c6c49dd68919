use crate::domain::Plan;
use crate::domain::plan::Point;
use crate::plans::{ImportOptions, Imported, Report, read};

fn import(file: &str, repair: bool) -> Result<Imported, Box<Report>> {
    let currency = Some("KRW".parse().unwrap());
    let options =
        ImportOptions { repair, currency, file_name: Some("hall".to_owned()), ..ImportOptions::default() };
    read(file.as_bytes(), &options, &mut |_, _| {})
}

#[track_caller]
fn plan(file: &str) -> Plan {
    import(file, false).unwrap_or_else(|report| panic!("{}", crate::plans::to_text(&report))).plan
}

/// Id and label of each unit.
fn units(plan: &Plan) -> Vec<(&str, &str)> {
    plan.units().iter().map(|unit| (&*unit.id, &*unit.label)).collect()
}

fn defects(file: &str, repair: bool) -> Vec<String> {
    let report = import(file, repair).map_or_else(|report| *report, |imported| imported.report);
    report.defects.into_iter().map(|defect| format!("{} at {}", defect.code, defect.pointer)).collect()
}

const LIST: &str = "section,row,seat,category,price,accessible\nL,A,1,R,66000,\nL,A,2,R,66000,yes\nL,B,1,S,44000,0\nR,A,1,R,66000,\n";

#[test]
fn a_line_is_a_seat() {
    let plan = plan(LIST);
    assert_eq!(units(&plan), [("L-A-1", "A-1"), ("L-A-2", "A-2"), ("L-B-1", "B-1"), ("R-A-1", "A-1")]);
    let rows: Vec<_> = plan.rows().iter().map(|row| (&*row.id, &*row.label, row.seats.clone())).collect();
    assert_eq!(rows, [("L-A", "A", 0..2), ("L-B", "B", 2..3), ("R-A", "A", 3..4)]);
    let sections: Vec<_> = plan.sections().iter().map(|section| &*section.name).collect();
    assert_eq!((sections, plan.document().name.as_str()), (vec!["L", "R"], "hall"));
    let prices: Vec<_> = (0..4).map(|unit| plan.offer_price(unit)).collect();
    assert_eq!(prices, [66_000, 66_000, 44_000, 66_000].map(Some));
    assert!(plan.unit(1).accessible && !plan.unit(0).accessible && !plan.unit(2).accessible);
}

#[test]
fn headings_have_any_language_order_and_separator() {
    let plain: Vec<String> = units(&plan(LIST)).iter().map(|(id, _)| (*id).to_owned()).collect();
    for file in [
        LIST.replace(',', ";"),
        LIST.replace(',', "\t"),
        LIST.replace('\n', "\r\n"),
        LIST.replace("section,row,seat,category", "Section,ROW,Seat No.,Category"),
        "등급,번호,열,구역\nR,1,A,L\nR,2,A,L\nS,1,B,L\nR,1,A,R\n".to_owned(),
        "# from the box office\nsection,seat,category\nL,A1,R\nL,A2,R\nL,B1,S\nR,A 1,R\n\n".to_owned(),
    ] {
        let plan = plan(&file);
        let ids: Vec<&str> = units(&plan).iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, plain, "{file}");
    }
}

#[test]
fn seats_without_positions_stand_in_rows_and_sections_apart() {
    let file = "section,row,seat,category\nL,A,2,R\nL,A,10,R\nL,A,1,R\nL,A,3,R\nL,A,9,R\nL,B,1,R\nR,A,1,R\n";
    let plan = plan(file);
    let row = &plan.rows()[0];
    let at = |place: u32| plan.unit(plan.unit_at(place)).at.unwrap();
    let numbers: Vec<&str> = row.seats.clone().map(|place| &*plan.unit(plan.unit_at(place)).label).collect();
    assert_eq!(numbers, ["A-1", "A-2", "A-3", "A-9", "A-10"]);
    assert!(plan.unit(plan.unit_at(3)).gap_before, "from 3 to 9 is far");
    let xs: Vec<f64> = row.seats.clone().map(|place| at(place).x).collect();
    assert!(
        xs.windows(2).all(|pair| pair[0] < pair[1]) && row.seats.clone().all(|place| at(place).y == at(0).y)
    );
    assert!(at(5).y > at(0).y, "row B lies below");
    let left = row.seats.clone().map(|place| at(place).x).fold(0.0, f64::max);
    assert!(at(6).x > left + 20.0, "the sections are apart");
    let size = plan.document().size.unwrap();
    let inside = |at: Point| at.x > 0.0 && at.y > 0.0 && at.x < size.width && at.y < size.height;
    assert!((0..7).all(|place| inside(at(place))));
}

#[test]
fn what_a_list_says_of_its_seats_is_taken_over() {
    let file = "id,floor,zone,section,entrance,row,seat,label,category,x,y,companion,restricted view,gap before\n\
        s1,1F,Stalls,L,Gate 2,A,1,Throne,R,1.5,2,x,,\ns2,1F,Stalls,L,,A,2,,R,\"2,5\",2,,yes,1\ns3,2F,Stalls,,,A,1,,R,9,9,,,\n";
    let plan = plan(file);
    assert_eq!(units(&plan), [("s1", "Throne"), ("s2", "A-2"), ("s3", "A-1")]);
    let document = plan.document();
    let zones: Vec<_> = document.zones.iter().map(|zone| (zone.id.as_str(), zone.floor.as_deref())).collect();
    assert_eq!(zones, [("Stalls-1F", Some("1F")), ("Stalls-2F", Some("2F"))]);
    assert_eq!(document.zones[0].sections[0].entrance.as_deref(), Some("Gate 2"));
    assert_eq!(plan.unit(1).at.map(|at| (at.x, at.y)), Some((2.5, 2.0)));
    assert!(plan.unit(0).companion && plan.unit(1).restricted_view && plan.unit(1).gap_before);
    assert_eq!(document.size, None, "positions that are there are not touched");
}

#[test]
fn a_capacity_without_a_seat_is_an_area() {
    let plan = plan("section,row,seat,capacity,category\nL,A,1,,R\nStanding,,,\"1,200\",S\n");
    assert_eq!(units(&plan), [("L-A-1", "A-1"), ("Standing", "Standing")]);
    assert_eq!(plan.unit(1).capacity, 1_200);
}

#[test]
fn two_prices_of_one_category_are_told_and_parted() {
    let file = "row,seat,category,price\nA,1,R,100\nA,2,R,100\nA,3,R,90\nA,4,R,\nA,5,R,90\nA,6,,70\n";
    assert_eq!(defects(file, false), ["price_mixed at line 4, column 4"]);
    let Imported { plan, .. } = import(file, true).unwrap();
    let prices: Vec<_> = (0..6).map(|unit| plan.offer_price(unit).unwrap()).collect();
    assert_eq!(prices, [100, 100, 90, 100, 90, 70]);
    assert_eq!(
        defects("row,seat,price,currency\nA,1,5,KRW\nA,2,5,USD\n", true),
        ["currency_conflict at line 3, column 4"]
    );
    assert_eq!(defects("row,seat,price\nA,1,free\n", true), ["price_range at line 2, column 3"]);
}

#[test]
fn every_flaw_is_told_with_line_and_column() {
    let file = "\u{feff}section,row,seat,category,accessible,x\nL,A,1,R,perhaps,\nL,A,1,R,,\n,,,R,,\nL,A,2,R,,7,left\n";
    let expected = [
        "byte_order_mark at line 1, column 1",
        "invalid_value at line 2, column 5",
        "duplicate_id at line 3, column 3",
        "id_missing at line 4, column 1",
        "cell_malformed at line 5, column 7",
        "position_missing at line 5, column 6",
        "label_repeated at line 3, column 3",
    ];
    let mut found = defects(file, false);
    found.sort_unstable();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let Imported { plan, report } = import(file, true).unwrap();
    assert_eq!(units(&plan), [("L-A-1", "A-1"), ("L-A-1~2", "A-1 (2)"), ("L-A-2", "A-2")]);
    assert_eq!(report.repaired.len(), expected.len());
}

#[test]
fn columns_that_nobody_knows_are_left_out_and_told() {
    let Imported { report, .. } =
        import("row,seat,category,colour,seat\nA,1,R,red,x\nA,2,R,,y\n", false).unwrap();
    let told: Vec<_> = report.left_out.iter().map(|one| (one.what.as_str(), one.count)).collect();
    assert_eq!(told, [("column \"colour\"", 1), ("column \"seat\"", 2)]);
}
