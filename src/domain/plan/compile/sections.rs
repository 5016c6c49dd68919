//! Sections of zones, and who says to be in one.

use super::Compiler;
use crate::domain::plan::{PlanDocument, PlanSection};

impl Compiler<'_> {
    pub(super) fn sections(&mut self, document: &PlanDocument) {
        for (z, zone) in document.zones.iter().enumerate() {
            for (n, section) in zone.sections.iter().enumerate() {
                let at = format!("/zones/{z}/sections/{n}");
                self.id(&section.id, &at);
                let number = self.sections.len() as u32;
                if self.section_by_id.insert((z, section.id.clone()), number).is_some() {
                    let detail = format!("section {:?} exists already in this zone", section.id);
                    self.defect("duplicate_id", format!("{at}/id"), detail);
                }
                self.sections.push(PlanSection {
                    id: section.id.as_str().into(),
                    name: section.name.as_str().into(),
                    entrance: section.entrance.as_deref().map(Into::into),
                    zone: z as u32,
                });
            }
        }
    }

    /// The number of the section that something at `at` says to be in.
    pub(super) fn section(&mut self, zone: usize, id: Option<&str>, at: &str) -> Option<u32> {
        let id = id?;
        let found = self.section_by_id.get(&(zone, id.to_owned())).copied();
        if found.is_none() {
            let detail = format!("the zone has no section {id:?}");
            self.defect("section_unknown", format!("{at}/section"), detail);
        }
        found
    }
}
