//! A first look at a file: which fields stand where, in one pass that keeps no values.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::lenient::{Fields, List, Maybe, Object};

/// What a reader needs to see to know a file of its format.
#[derive(Debug)]
pub(super) struct Look<'a> {
    /// Without a byte order mark.
    pub(super) bytes: &'a [u8],
    /// The fields of the file, if it is one JSON object.
    pub(super) top: Option<Top>,
}

/// The fields of a plan that somebody's format has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Top {
    zones: List<Zone>,
    categories: Maybe<Vec<IgnoredAny>>,
    floors: Maybe<Vec<IgnoredAny>>,
    items: Maybe<Vec<IgnoredAny>>,
    offers: Maybe<Vec<IgnoredAny>>,
    #[serde(rename = "subChart")]
    sub_chart: Object<Nothing>,
    #[serde(rename = "subChartFloors")]
    sub_chart_floors: Maybe<Vec<IgnoredAny>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Zone {
    zone_id: Option<IgnoredAny>,
    uuid: Option<IgnoredAny>,
    position: Option<IgnoredAny>,
    rows: List<Row>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    row_number: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
struct Nothing {}

impl Top {
    /// A list that is at the top of every plan of our own.
    pub(super) fn has_lists(&self) -> bool {
        let lists = [&self.categories, &self.floors, &self.items, &self.offers];
        matches!(self.zones, Maybe::Is(_)) || lists.iter().any(|list| matches!(list, Maybe::Is(_)))
    }

    /// A field that zones or rows have in seating plans of pretix only.
    pub(super) fn has_guids(&self) -> bool {
        each(&self.zones).any(|zone| {
            let own = [&zone.zone_id, &zone.uuid, &zone.position];
            own.iter().any(|field| field.is_some()) || each(&zone.rows).any(|row| row.row_number.is_some())
        })
    }

    /// A chart inside the chart.
    pub(super) fn has_charts(&self) -> bool {
        matches!(self.sub_chart, Maybe::Is(_)) || matches!(self.sub_chart_floors, Maybe::Is(_))
    }
}

fn each<T>(list: &List<T>) -> impl Iterator<Item = &T> {
    let elements = if let Maybe::Is(elements) = list { elements.as_slice() } else { &[] };
    elements
        .iter()
        .filter_map(|element| if let Maybe::Is(Fields(element)) = element { Some(element) } else { None })
}
