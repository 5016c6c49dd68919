//! Where the positions of a chart lie in the plan: a section has a chart of its own, with its own origin.

use super::chart::SubChart;
use super::{ChartReader, Maybe};
use crate::domain::plan::Point;

/// How far the size of a section's chart may be from that of its outline, to speak for a scale.
const LIKENESS: f64 = 1.5;

/// From the positions of a chart to those of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    origin: Point,
    scale: f64,
}

impl Default for Frame {
    fn default() -> Self {
        Self { origin: Point { x: 0.0, y: 0.0 }, scale: 1.0 }
    }
}

impl Frame {
    pub(super) fn of(&self, point: Point) -> Point {
        Point { x: self.origin.x + point.x * self.scale, y: self.origin.y + point.y * self.scale }
    }

    pub(super) fn length(&self, length: f64) -> f64 {
        length * self.scale
    }

    /// Of a chart inside this one, whose corner lies at a point of the plan.
    pub(super) fn inside(&self, corner: Option<Point>, scale: f64) -> Self {
        Self { origin: corner.unwrap_or(self.origin), scale: self.scale * scale }
    }
}

pub(super) fn upper_left(corners: &[Point]) -> Option<Point> {
    let least = |of: fn(&Point) -> f64| corners.iter().map(of).min_by(f64::total_cmp);
    Some(Point { x: least(|corner| corner.x)?, y: least(|corner| corner.y)? })
}

impl ChartReader {
    /// How large a section's chart is drawn: by the chart's `sectionScaleFactor`, in whichever direction brings
    /// its size to that of the section's outline. 100, or none, is as it stands.
    pub(super) fn scale(&self, chart: &SubChart, corners: &[Point]) -> f64 {
        let factor = self.section_scale.map_or(1.0, |percent| percent / 100.0);
        if factor <= 0.0 || factor == 1.0 {
            return 1.0;
        }
        let wide = corners.iter().map(|corner| corner.x).max_by(f64::total_cmp);
        let (Maybe::Is(width), Some(right), Some(left)) = (chart.width, wide, upper_left(corners)) else {
            return factor;
        };
        let misses = |scale: &f64| ((right - left.x) / (width * scale)).ln().abs();
        let best = [factor, 1.0 / factor, 1.0].into_iter().min_by(|a, b| misses(a).total_cmp(&misses(b)));
        best.filter(|best| misses(best) < LIKENESS.ln()).unwrap_or(factor)
    }
}
