//! The first line of a seat list: which column says what, in English, Korean or German, however it is written.

use unicode_normalization::UnicodeNormalization;

/// What a column says of each seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Zone,
    Floor,
    Section,
    Entrance,
    Row,
    Seat,
    Label,
    Category,
    Price,
    Currency,
    X,
    Y,
    Capacity,
    Accessible,
    Companion,
    RestrictedView,
    Gap,
}

pub(super) const FIELDS: usize = Field::Gap as usize + 1;

/// Without white space, dashes and the like, in small letters.
const NAMES: [(Field, &[&str]); FIELDS] = [
    (Field::Id, &["id", "seatid", "guid", "seatguid", "uuid", "좌석id", "아이디", "식별자"]),
    (
        Field::Zone,
        &["zone", "zonename", "stand", "hall", "room", "area", "존", "홀", "관", "bereich", "saal"],
    ),
    (Field::Floor, &["floor", "level", "storey", "story", "층", "stockwerk", "etage", "ebene"]),
    (
        Field::Section,
        &["section", "sectionname", "sector", "block", "구역", "섹션", "블록", "블럭", "sektor"],
    ),
    (Field::Entrance, &["entrance", "gate", "door", "입구", "게이트", "출입구", "eingang", "tür"]),
    (
        Field::Row,
        &["row", "rowname", "rownumber", "rowlabel", "rowno", "line", "열", "줄", "행", "열번호", "reihe"],
    ),
    (
        Field::Seat,
        &[
            "seat",
            "seatnumber",
            "seatno",
            "seatnum",
            "seatname",
            "number",
            "no",
            "num",
            "place",
            "좌석",
            "좌석번호",
            "번호",
            "번",
            "석",
            "자리",
            "자리번호",
            "platz",
            "sitz",
            "sitzplatz",
            "platznummer",
            "sitznummer",
        ],
    ),
    (Field::Label, &["label", "seatlabel", "displaylabel", "표시", "표시이름", "이름표", "beschriftung"]),
    (
        Field::Category,
        &[
            "category",
            "categoryname",
            "pricecategory",
            "pricelevel",
            "pricezone",
            "grade",
            "seatgrade",
            "class",
            "tier",
            "등급",
            "좌석등급",
            "석종",
            "권종",
            "카테고리",
            "kategorie",
            "preiskategorie",
        ],
    ),
    (Field::Price, &["price", "amount", "cost", "가격", "금액", "요금", "정가", "preis"]),
    (Field::Currency, &["currency", "통화", "währung"]),
    (Field::X, &["x", "posx", "positionx", "xpos", "xposition", "left", "좌표x", "x좌표"]),
    (Field::Y, &["y", "posy", "positiony", "ypos", "yposition", "top", "좌표y", "y좌표"]),
    (Field::Capacity, &["capacity", "places", "quantity", "정원", "수용인원", "인원", "수량", "kapazität"]),
    (
        Field::Accessible,
        &[
            "accessible",
            "isaccessible",
            "wheelchair",
            "iswheelchair",
            "wheelchairaccessible",
            "accessibility",
            "ada",
            "휠체어",
            "휠체어석",
            "장애인석",
            "rollstuhl",
            "rollstuhlplatz",
            "barrierefrei",
        ],
    ),
    (
        Field::Companion,
        &[
            "companion",
            "companionseat",
            "carer",
            "동반",
            "동반석",
            "보호자",
            "보호자석",
            "begleitung",
            "begleitplatz",
        ],
    ),
    (
        Field::RestrictedView,
        &[
            "restrictedview",
            "restricted",
            "obstructed",
            "obstructedview",
            "limitedview",
            "시야제한",
            "시야제한석",
            "시야방해",
            "sichtbehinderung",
        ],
    ),
    (Field::Gap, &["gapbefore", "gap", "aislebefore", "aisle", "통로", "앞통로", "gang"]),
];

/// What a column with this heading says; None: nobody knows.
pub(super) fn field(heading: &str) -> Option<Field> {
    let plain: String = heading.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(field, _)| *field)
}

/// What the columns say; of two that say the same, the first counts. None: this is no heading of a seat list.
pub(super) fn read<'h>(headings: impl Iterator<Item = &'h str>) -> Option<Vec<Option<Field>>> {
    let mut columns: Vec<Option<Field>> = Vec::new();
    for heading in headings {
        let known = field(heading).filter(|field| !columns.contains(&Some(*field)));
        columns.push(known);
    }
    let has = |fields: &[Field]| fields.iter().any(|field| columns.contains(&Some(*field)));
    let names_seats = has(&[Field::Seat, Field::Capacity]);
    let says_where = has(&[Field::Row, Field::Section, Field::Zone]);
    (names_seats && says_where).then_some(columns)
}

/// Whether a mark is set.
pub(super) fn is_yes(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "y" | "x" | "o" | "t" | "✓" | "✔" | "♿" | "예" | "네" | "있음" | "ㅇ"
        | "ja" | "j" | "wahr" | "wheelchair" | "accessible" | "휠체어" => Some(true),
        "" | "0" | "false" | "no" | "n" | "-" | "f" | "아니오" | "아니요" | "없음" | "nein" | "falsch" => {
            Some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_however_they_are_written() {
        for (heading, known) in [
            ("Section", Field::Section),
            (" ROW_NUMBER ", Field::Row),
            ("Seat No.", Field::Seat),
            ("ｓｅａｔ", Field::Seat),
            ("구역", Field::Section),
            ("좌석 등급", Field::Category),
            ("열", Field::Row),
            ("번호", Field::Seat),
            ("X 좌표", Field::X),
            ("Restricted view", Field::RestrictedView),
        ] {
            assert_eq!(field(heading), Some(known), "{heading}");
        }
        assert_eq!(field("colour"), None);
    }

    #[test]
    fn every_field_has_names_of_its_own() {
        let mut all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_list_of_guests_is_no_list_of_seats() {
        let columns = |line: &str| read(line.split(','));
        assert_eq!(columns("name,seat"), None);
        assert_eq!(columns("A,1,10"), None);
        assert_eq!(columns("row,price"), None);
        assert_eq!(columns("seat,row,seat"), Some(vec![Some(Field::Seat), Some(Field::Row), None]));
    }
}
