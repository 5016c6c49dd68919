//! Categories: known by a key, which is a number or a text, or only by their label.

use std::collections::BTreeMap;

use serde_json::Value;

use super::chart;
use super::{ChartReader, Fields, Findings, quote};
use crate::domain::plan::Category;
use crate::plans::lenient::Object;
use crate::plans::pointer::At;

#[derive(Default)]
pub(super) struct Categories {
    pub(super) list: Vec<Category>,
    /// By id: its place in the list.
    by_id: BTreeMap<String, usize>,
    /// By label: the first of that label.
    by_label: BTreeMap<String, usize>,
    /// By place: whether its seats are for wheelchairs.
    accessible: Vec<bool>,
}

/// A key as text, whether it is a number or one already.
pub(super) fn key(value: &Value, at: &At<'_>, findings: &mut Findings) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        _ => findings.words(value, at),
    }
}

impl Categories {
    fn add(&mut self, category: Category, accessible: bool) {
        let number = self.list.len();
        self.by_id.insert(category.id.clone(), number);
        self.by_label.entry(category.name.clone()).or_insert(number);
        self.accessible.push(accessible);
        self.list.push(category);
    }

    pub(super) fn is_accessible(&self, id: Option<&str>) -> bool {
        id.and_then(|id| self.by_id.get(id)).is_some_and(|&number| self.accessible[number])
    }

    /// The id of a category by key or, without a key, by label; one that the chart does not list is added.
    fn find(
        &mut self,
        id: Option<String>,
        label: Option<String>,
        at: &At<'_>,
        findings: &mut Findings,
    ) -> Option<String> {
        let known = match (&id, &label) {
            (Some(id), _) => self.by_id.get(id),
            (None, Some(label)) => self.by_label.get(label),
            (None, None) => return None,
        };
        if let Some(&number) = known {
            return Some(self.list[number].id.clone());
        }
        let field = if id.is_some() { "categoryKey" } else { "categoryLabel" };
        let id = id.or_else(|| label.clone())?;
        let wrong = format!("no category has the key or label {}", quote(&id));
        let done = format!("category {} was added, without a price", quote(&id));
        findings.cured("category_unknown", at.key(field), wrong, done);
        let name = label.unwrap_or_else(|| id.clone());
        self.add(Category { id: id.clone(), name, ..Category::default() }, false);
        Some(id)
    }
}

impl ChartReader {
    /// Reads the list of categories.
    pub(super) fn read_categories(&mut self, categories: Object<chart::Categories>) {
        let at = At::Root.key("categories");
        let Some(Fields(chart::Categories { list })) = categories.need(&mut self.findings, &at) else {
            return;
        };
        let list_at = at.key("list");
        for (n, category) in self.elements(list, &list_at) {
            self.read_category(category, &list_at.index(n));
        }
    }

    fn read_category(&mut self, category: chart::Category, at: &At<'_>) {
        let label = self.findings.words(&category.label, &at.key("label"));
        let color = self.color(&category.color, &at.key("color"));
        let accessible = self.flag(category.accessible, &at.key("accessible"));
        let Some(id) = key(&category.key, &at.key("key"), &mut self.findings).or_else(|| label.clone())
        else {
            self.findings.cured("id_missing", at.key("key"), "a category needs a key", "was dropped");
            return;
        };
        if self.categories.by_id.contains_key(&id) {
            let wrong = format!("category {} exists already", quote(&id));
            self.findings.cured("duplicate_id", at.key("key"), wrong, "was dropped, the first one stays");
            return;
        }
        let name = label.unwrap_or_else(|| {
            let done = format!("is now {}", quote(&id));
            self.findings.cured("id_missing", at.key("label"), "a category needs a label", done);
            id.clone()
        });
        self.categories.add(Category { id, name, color, price: None }, accessible);
    }

    /// The category that an object names, if it does.
    pub(super) fn category(&mut self, named: &chart::Named, at: &At<'_>) -> Option<String> {
        let id = key(&named.category_key, &at.key("categoryKey"), &mut self.findings);
        let label = self.findings.words(&named.category_label, &at.key("categoryLabel"));
        self.categories.find(id, label, at, &mut self.findings)
    }

    /// The same, or that of what is around it. None is a defect: then the object is not for sale.
    pub(super) fn need_category(
        &mut self,
        named: &chart::Named,
        at: &At<'_>,
        around: Option<&str>,
    ) -> Option<String> {
        let category = self.category(named, at).or_else(|| around.map(str::to_owned));
        if category.is_none() {
            self.findings.cured("category_missing", at, "has no category", "is not for sale");
        }
        category
    }
}
