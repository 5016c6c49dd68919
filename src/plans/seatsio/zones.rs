//! Zones of the plan: one per zone of the chart and floor, made when the first object is in it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::categories::key;
use super::chart::{self, SubChart};
use super::frame::Frame;
use super::{ChartReader, Fields, Findings, quote};
use crate::domain::plan::{Floor, Point, Zone};
use crate::plans::lenient::Object;
use crate::plans::pointer::At;
use crate::plans::unique::Ids;

/// Holds what is in no zone of the chart.
const MAIN: &str = "main";

#[derive(Default)]
pub(super) struct Zones {
    declared: Vec<Declared>,
    floors: Vec<Floor>,
    /// By floor.
    focal_points: BTreeMap<usize, Point>,
    zones: Vec<Zone>,
    /// By the key of a declared zone, and floor.
    numbers: BTreeMap<(Option<String>, Option<usize>), usize>,
    ids: Ids,
    /// By zone: ids of rows and tables.
    row_ids: Vec<Ids>,
}

struct Declared {
    key: String,
    label: String,
    focal_point: Option<Point>,
}

impl Zones {
    pub(super) fn known(&self, name: &str) -> Option<String> {
        let by_key = self.declared.iter().find(|zone| zone.key == name);
        let found = by_key.or_else(|| self.declared.iter().find(|zone| zone.label == name));
        found.map(|zone| zone.key.clone())
    }

    fn number(&mut self, key: Option<&str>, floor: Option<usize>) -> usize {
        let place = (key.map(str::to_owned), floor);
        if let Some(&number) = self.numbers.get(&place) {
            return number;
        }
        let declared = self.declared.iter().find(|zone| Some(zone.key.as_str()) == key);
        let base = key.unwrap_or(MAIN);
        let floor_id = floor.map(|floor| self.floors[floor].id.clone());
        let id = floor_id.as_ref().map_or_else(|| base.to_owned(), |floor| format!("{base}-{floor}"));
        let id = if self.ids.claim(&id) { id } else { self.ids.another(&id, 0) };
        let of_floor = floor.and_then(|floor| self.focal_points.get(&floor).copied());
        self.zones.push(Zone {
            id,
            name: declared.map(|zone| zone.label.clone()).unwrap_or_default(),
            floor: floor_id,
            focal_point: declared.and_then(|zone| zone.focal_point).or(of_floor),
            ..Zone::default()
        });
        self.row_ids.push(Ids::default());
        self.numbers.insert(place, self.zones.len() - 1);
        self.zones.len() - 1
    }

    pub(super) fn of(&mut self, key: Option<&str>, floor: Option<usize>) -> &mut Zone {
        let number = self.number(key, floor);
        &mut self.zones[number]
    }

    /// Gives a row or table its id in its zone: that of its seats, if nobody has it.
    pub(super) fn row_id(&mut self, key: Option<&str>, floor: Option<usize>, id: &str) -> String {
        let number = self.number(key, floor);
        let ids = &mut self.row_ids[number];
        if ids.claim(id) { id.to_owned() } else { ids.another(id, 0) }
    }

    /// Everybody on this floor looks there, but where a zone has a place of its own to look at.
    pub(super) fn look_at(&mut self, floor: usize, point: Option<Point>) {
        self.focal_points.extend(point.map(|point| (floor, point)));
    }

    /// Adds a floor; without a name it is called by its number, from 1 on.
    pub(super) fn floor(
        &mut self,
        chart: &mut SubChart,
        n: usize,
        at: &At<'_>,
        findings: &mut Findings,
    ) -> usize {
        let mut words = |value: &Value, field| findings.words(value, &at.key(field));
        let own = words(&chart.name, "name").or_else(|| words(&chart.label, "label"));
        let own = own.or_else(|| words(&chart.floor_name, "floorName"));
        let shown = words(&chart.display_name, "displayName");
        let shown = shown.or_else(|| words(&chart.floor_display_name, "floorDisplayName"));
        let id = own.unwrap_or_else(|| (n + 1).to_string());
        if let Some(before) = self.floors.iter().position(|floor| floor.id == id) {
            let wrong = format!("floor {} exists already", quote(&id));
            findings.cured("duplicate_id", at.key("name"), wrong, "the two are one floor now");
            return before;
        }
        self.floors.push(Floor { name: shown.unwrap_or_else(|| id.clone()), id });
        self.floors.len() - 1
    }

    pub(super) fn finish(self) -> (Vec<Zone>, Vec<Floor>) {
        (self.zones, self.floors)
    }
}

impl ChartReader {
    /// Reads the list of zones that objects may name.
    pub(super) fn declare_zones(&mut self, zones: Object<chart::Zones>) {
        let at = At::Root.key("zones");
        let Some(Fields(chart::Zones { list })) = zones.need(&mut self.findings, &at) else { return };
        let list_at = at.key("list");
        for (n, zone) in self.elements(list, &list_at) {
            self.declare_zone(zone, &list_at.index(n));
        }
    }

    fn declare_zone(&mut self, zone: chart::Zone, at: &At<'_>) {
        let label = self.findings.words(&zone.label, &at.key("label"));
        let own = key(&zone.key, &at.key("key"), &mut self.findings);
        let focal_point = self.place(zone.focal_point, &at.key("focalPoint"), Frame::default());
        let Some(key) = own.or_else(|| label.clone()) else {
            self.findings.cured("id_missing", at.key("key"), "a zone needs a key", "was dropped");
            return;
        };
        if self.zones.declared.iter().any(|zone| zone.key == key) {
            let wrong = format!("zone {} exists already", quote(&key));
            self.findings.cured("duplicate_id", at.key("key"), wrong, "was dropped, the first one stays");
            return;
        }
        let label = label.unwrap_or_else(|| key.clone());
        self.zones.declared.push(Declared { key, label, focal_point });
    }
}
