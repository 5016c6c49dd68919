//! The chart as its file has it: the fields that we read, whatever else there is.
//!
//! Texts and keys stay JSON values: a key may be a number, and a label that is one is told as such.

use serde::Deserialize;
use serde_json::Value;

use crate::plans::lenient::{List, Maybe, Object};

macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub(super) struct $name {
            $(pub(super) $field: $type,)*
        }
    )* };
}

/// Objects that have a name and perhaps a category.
macro_rules! named {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => { $(
        objects! {
            $(#[$doc])*
            $name {
                label: Value,
                display_label: Value,
                displayed_label: Value,
                category_key: Value,
                category_label: Value,
                $($field: $type,)*
            }
        }

        impl $name {
            pub(super) fn named(&mut self) -> Named {
                Named {
                    label: self.label.take(),
                    display_label: self.display_label.take(),
                    displayed_label: self.displayed_label.take(),
                    category_key: self.category_key.take(),
                    category_label: self.category_label.take(),
                }
            }
        }
    )* };
}

/// How something is called: the label makes its object id; people read one of the others, if it is there.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) label: Value,
    pub(super) display_label: Value,
    pub(super) displayed_label: Value,
    pub(super) category_key: Value,
    pub(super) category_label: Value,
}

objects! {
    Chart {
        name: Value,
        categories: Object<Categories>,
        zones: Object<Zones>,
        section_scale_factor: Maybe<f64>,
        sub_chart: Object<SubChart>,
        sub_chart_floors: List<SubChart>,
    }

    Categories {
        list: List<Category>,
    }

    Category {
        key: Value,
        label: Value,
        color: Value,
        accessible: Maybe<bool>,
    }

    Zones {
        list: List<Zone>,
    }

    Zone {
        key: Value,
        label: Value,
        focal_point: Object<Place>,
    }

    Place {
        x: Maybe<f64>,
        y: Maybe<f64>,
    }

    /// The names are those of a floor, which has its chart in a field of its own or beside them.
    SubChart {
        name: Value,
        label: Value,
        display_name: Value,
        sub_chart: Object<Box<SubChart>>,
        width: Maybe<f64>,
        height: Maybe<f64>,
        focal_point: Object<Place>,
        sections: List<Section>,
        rows: List<Row>,
        tables: List<Table>,
        booths: List<Area>,
        general_admission_areas: List<Area>,
        shapes: List<Drawing>,
        texts: List<Drawing>,
        icons: List<Drawing>,
    }

    /// The outline of something: of a drawing, an area, a table.
    Outline {
        center: Object<Place>,
        x: Maybe<f64>,
        y: Maybe<f64>,
        points: List<Place>,
        width: Maybe<f64>,
        height: Maybe<f64>,
        radius: Maybe<f64>,
        radius1: Maybe<f64>,
        radius2: Maybe<f64>,
        rotation_angle: Maybe<f64>,
    }

    /// A shape, a text or an icon.
    Drawing {
        center: Object<Place>,
        x: Maybe<f64>,
        y: Maybe<f64>,
        points: List<Place>,
        width: Maybe<f64>,
        height: Maybe<f64>,
        radius: Maybe<f64>,
        radius1: Maybe<f64>,
        radius2: Maybe<f64>,
        rotation_angle: Maybe<f64>,
        label: Value,
        text: Value,
        font_size: Maybe<f64>,
        label_size: Maybe<f64>,
        fill_color: Value,
        stroke_color: Value,
        text_color: Value,
        color: Value,
    }
}

named! {
    Section {
        points: List<Place>,
        top_left: Object<Place>,
        zone: Value,
        entrance: Value,
        sub_chart: Object<Box<SubChart>>,
    }

    Row {
        zone: Value,
        seats: List<Seat>,
    }

    Seat {
        x: Maybe<f64>,
        y: Maybe<f64>,
        accessible: Maybe<bool>,
        companion_seat: Maybe<bool>,
        restricted_view: Maybe<bool>,
    }

    Table {
        zone: Value,
        seats: List<Seat>,
        book_as_a_whole: Maybe<bool>,
        variable_occupancy: Maybe<bool>,
        min_occupancy: Maybe<f64>,
        max_occupancy: Maybe<f64>,
        capacity: Maybe<f64>,
        center: Object<Place>,
        radius: Maybe<f64>,
        width: Maybe<f64>,
        height: Maybe<f64>,
        rotation_angle: Maybe<f64>,
    }

    /// General admission, or a booth.
    Area {
        zone: Value,
        capacity: Maybe<f64>,
        book_as_a_whole: Maybe<bool>,
        variable_occupancy: Maybe<bool>,
        min_occupancy: Maybe<f64>,
        max_occupancy: Maybe<f64>,
        center: Object<Place>,
        x: Maybe<f64>,
        y: Maybe<f64>,
        points: List<Place>,
        width: Maybe<f64>,
        height: Maybe<f64>,
        radius: Maybe<f64>,
        radius1: Maybe<f64>,
        radius2: Maybe<f64>,
        rotation_angle: Maybe<f64>,
    }
}

macro_rules! outlined {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl $name {
            pub(super) fn outline(&mut self) -> Outline {
                Outline { $($field: std::mem::take(&mut self.$field),)* ..Outline::default() }
            }
        }
    )* };
}

outlined! {
    Drawing { center, x, y, points, width, height, radius, radius1, radius2, rotation_angle }
    Area { center, x, y, points, width, height, radius, radius1, radius2, rotation_angle }
    Table { center, radius, width, height, rotation_angle }
}
