//! The fields of charts: those that are read, and those that only tell the editor how to draw or number things. All
//! others are left out, and told.

use crate::plans::census::{Kind, none};

/// What every object has for the editor, and says nothing about what is sold.
fn is_of_the_editor(field: &str) -> bool {
    const OF_THE_EDITOR: [&str; 61] = [
        "uuid",
        "objectType",
        "type",
        "published",
        "objectLabeling",
        "seatLabeling",
        "labelShown",
        "labelSize",
        "labelHorizontalOffset",
        "labelVerticalOffset",
        "labelRotationAngle",
        "rowLabelDisabled",
        "rowLabelPosition",
        "verticalRowLabelDirection",
        "sectionLabel",
        "sectionDisplayedLabel",
        "chairSpacing",
        "rowSpacing",
        "rowChairSpacing",
        "curve",
        "smooth",
        "smoothness",
        "cutoffAngle",
        "points",
        "rotationAngle",
        "foreground",
        "translucent",
        "autoRadius",
        "autoStroke",
        "strokeWidth",
        "cornerRadius",
        "smartType",
        "smartTypeVariation",
        "snapOffset",
        "version",
        "venueType",
        "colorScheme",
        "showAllButtons",
        "multiFloorView",
        "tablesLabelCounter",
        "uuidCounter",
        "maxCategoryKey",
        "referenceChart",
        "referenceChartVisible",
        "categoryAccessible",
        "backgroundFileType",
        "displayLabel",
        "displayedLabel",
        "label",
        "categoryKey",
        "categoryLabel",
        "center",
        "x",
        "y",
        "width",
        "height",
        "radius",
        "radius1",
        "radius2",
        "zone",
        "openSpaces",
    ];
    OF_THE_EDITOR.contains(&field)
}

pub(super) static CHART: Kind = Kind {
    name: "the chart",
    known: &["name", "sectionScaleFactor"],
    is_known: is_of_the_editor,
    inside: &[
        ("categories", &CATEGORIES),
        ("zones", &ZONES),
        ("subChart", &SUB_CHART),
        ("subChartFloors", &SUB_CHART),
    ],
};
static CATEGORIES: Kind =
    Kind { name: "the chart", known: &[], is_known: is_of_the_editor, inside: &[("list", &CATEGORY)] };
static CATEGORY: Kind =
    Kind { name: "categories", known: &["key", "label", "color", "accessible"], is_known: none, inside: &[] };
static ZONES: Kind = Kind { name: "the chart", known: &[], is_known: none, inside: &[("list", &ZONE)] };
static ZONE: Kind =
    Kind { name: "zones", known: &["key", "label", "focalPoint"], is_known: none, inside: &[] };
static SUB_CHART: Kind = Kind {
    name: "charts",
    known: &["name", "displayName", "floorName", "floorDisplayName", "focalPoint"],
    is_known: is_of_the_editor,
    inside: &[
        ("subChart", &SUB_CHART),
        ("sections", &SECTION),
        ("rows", &ROW),
        ("tables", &TABLE),
        ("booths", &AREA),
        ("generalAdmissionAreas", &AREA),
        ("shapes", &DRAWING),
        ("texts", &DRAWING),
        ("icons", &DRAWING),
    ],
};
static SECTION: Kind = Kind {
    name: "sections",
    known: &["topLeft", "entrance"],
    is_known: is_of_the_editor,
    inside: &[("subChart", &SUB_CHART)],
};
static ROW: Kind = Kind { name: "rows", known: &[], is_known: is_of_the_editor, inside: &[("seats", &SEAT)] };
static TABLE: Kind =
    Kind { name: "tables", known: OCCUPIED, is_known: is_of_the_editor, inside: &[("seats", &SEAT)] };
static SEAT: Kind = Kind {
    name: "seats",
    known: &["accessible", "companionSeat", "restrictedView"],
    is_known: is_of_the_editor,
    inside: &[],
};
static AREA: Kind =
    Kind { name: "areas and booths", known: OCCUPIED, is_known: is_of_the_editor, inside: &[] };
static DRAWING: Kind = Kind {
    name: "drawings",
    known: &["text", "fontSize", "fillColor", "strokeColor", "textColor", "color"],
    is_known: is_of_the_editor,
    inside: &[],
};
const OCCUPIED: &[&str] = &["bookAsAWhole", "variableOccupancy", "minOccupancy", "maxOccupancy", "capacity"];
