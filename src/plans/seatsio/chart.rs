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

/// Objects that have an outline: a shape, wherever that says what it is.
macro_rules! drawn {
    ($(#[$doc:meta])* $kind:ident! $name:ident { $($field:ident: $type:ty,)* }) => {
        $kind! {
            $(#[$doc])*
            $name {
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
                $($field: $type,)*
            }
        }

        impl $name {
            pub(super) fn outline(&mut self) -> Outline {
                Outline {
                    center: std::mem::take(&mut self.center),
                    place: Place { x: self.x, y: self.y },
                    points: std::mem::take(&mut self.points),
                    sides: [self.width, self.height],
                    radius: self.radius,
                    radii: [self.radius1, self.radius2],
                    rotation: self.rotation_angle,
                }
            }
        }
    };
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub(super) x: Maybe<f64>,
    pub(super) y: Maybe<f64>,
}

/// The outline of something: corners, a radius or two, or sides, around a centre.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) center: Object<Place>,
    pub(super) place: Place,
    pub(super) points: List<Place>,
    pub(super) sides: [Maybe<f64>; 2],
    pub(super) radius: Maybe<f64>,
    pub(super) radii: [Maybe<f64>; 2],
    pub(super) rotation: Maybe<f64>,
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

    /// The names are those of a floor, which has its chart in a field of its own or beside them.
    SubChart {
        name: Value,
        label: Value,
        display_name: Value,
        floor_name: Value,
        floor_display_name: Value,
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
}

drawn! {
    /// A shape, a text or an icon.
    objects! Drawing {
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

drawn! {
    named! Table {
        zone: Value,
        seats: List<Seat>,
        book_as_a_whole: Maybe<bool>,
        variable_occupancy: Maybe<bool>,
        min_occupancy: Maybe<f64>,
        max_occupancy: Maybe<f64>,
        capacity: Maybe<f64>,
    }
}

drawn! {
    /// General admission, or a booth.
    named! Area {
        zone: Value,
        capacity: Maybe<f64>,
        book_as_a_whole: Maybe<bool>,
        variable_occupancy: Maybe<bool>,
        min_occupancy: Maybe<f64>,
        max_occupancy: Maybe<f64>,
    }
}
