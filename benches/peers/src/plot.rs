//! What does growth look like?

use std::fmt::Write;

use crate::scaling::Line;

/// One panel of a plot: a square of this many pixels, with room around it.
const SIDE: f64 = 300.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
/// Room for the names at the ends of lines.
const RIGHT: f64 = 160.0;
const COLORS: [&str; 11] = [
    "#4e79a7", "#f28e2b", "#e15759", "#499894", "#59a14f", "#b6992d", "#b07aa1", "#d37295",
    "#9d7660", "#79706e", "#1f77b4",
];

/// Time and memory of each group of lines, on logarithmic scales.
pub fn svg(groups: &[(&str, &[Line])]) -> String {
    let (width, height) = (
        2.0 * (LEFT + SIDE + RIGHT),
        groups.len() as f64 * (SIDE + 2.0 * TOP),
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (row, (unit, lines)) in groups.iter().enumerate() {
        let top = row as f64 * (SIDE + 2.0 * TOP) + TOP;
        let seconds = |line: &Line| {
            let points = line.points.iter();
            points
                .map(|(size, usage)| (*size, usage.cpu_seconds * 1e3))
                .collect()
        };
        let memory = |line: &Line| {
            let points = line.points.iter();
            points
                .map(|(size, usage)| (*size, usage.peak_bytes as f64 / (1 << 20) as f64))
                .collect()
        };
        let named = |value: &dyn Fn(&Line) -> Vec<(f64, f64)>| -> Vec<(String, Vec<(f64, f64)>)> {
            let lines = lines.iter();
            lines
                .map(|line| (line.title.replace('`', ""), value(line)))
                .collect()
        };
        panel(
            &mut out,
            LEFT,
            top,
            (unit, "milliseconds of CPU time"),
            &named(&seconds),
        );
        let left = LEFT + SIDE + RIGHT + LEFT;
        panel(
            &mut out,
            left,
            top,
            (unit, "MiB at the peak"),
            &named(&memory),
        );
    }
    out.push_str("</svg>\n");
    out
}

/// A scale from one power of ten to another.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Scale {
        let least = values.clone().fold(f64::INFINITY, f64::min).max(1e-3);
        let most = values.fold(0.0, f64::max).max(1e-3);
        let from = least.log10().floor();
        Scale {
            from,
            to: most.log10().ceil().max(from + 1.0),
        }
    }

    /// Where a value is, from 0 to 1.
    fn at(&self, value: f64) -> f64 {
        (value.log10() - self.from) / (self.to - self.from)
    }

    fn powers(&self) -> impl Iterator<Item = f64> {
        (self.from as i32..=self.to as i32).map(|power| 10f64.powi(power))
    }
}

fn panel(
    out: &mut String,
    left: f64,
    top: f64,
    (across, up): (&str, &str),
    lines: &[(String, Vec<(f64, f64)>)],
) {
    let points = || lines.iter().flat_map(|(_, points)| points);
    let horizontal = Scale::of(points().map(|point| point.0));
    let vertical = Scale::of(points().map(|point| point.1));
    let x = |value: f64| left + SIDE * horizontal.at(value);
    let y = |value: f64| top + SIDE * (1.0 - vertical.at(value));
    let _ = writeln!(
        out,
        "<text x=\"{left:.0}\" y=\"{:.0}\" font-weight=\"bold\">{up}</text>",
        top - 12.0
    );
    for value in horizontal.powers() {
        let (x, end) = (x(value), top + SIDE);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {top:.1}V{end:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>",
            end + 14.0
        );
    }
    for value in vertical.powers() {
        let y = y(value);
        let _ = writeln!(
            out,
            "<path d=\"M{left:.1} {y:.1}h{SIDE}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            left - 5.0,
            y + 4.0
        );
    }
    let middle = left + SIDE / 2.0;
    let below = top + SIDE + 28.0;
    let _ = writeln!(
        out,
        "<text x=\"{middle:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{across}</text>"
    );
    for ((_, points), color) in lines.iter().zip(COLORS.iter().cycle()) {
        let path: Vec<String> = points
            .iter()
            .map(|point| format!("{:.1} {:.1}", x(point.0), y(point.1)))
            .collect();
        let path = path.join("L");
        let _ = writeln!(
            out,
            "<path d=\"M{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>"
        );
    }
    for (place, name, color) in labels(lines, &y, top) {
        let x = left + SIDE + 6.0;
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{place:.1}\" fill=\"{color}\">{name}</text>"
        );
    }
}

/// The names of lines beside their ends, with room between them.
fn labels<'a>(
    lines: &'a [(String, Vec<(f64, f64)>)],
    y: &dyn Fn(f64) -> f64,
    top: f64,
) -> Vec<(f64, &'a str, &'static str)> {
    let ends = lines.iter().zip(COLORS.iter().cycle());
    let mut labels: Vec<_> = ends
        .filter_map(|((name, points), color)| {
            Some((y(points.last()?.1) + 4.0, name.as_str(), *color))
        })
        .collect();
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = top;
    for label in &mut labels {
        label.0 = label.0.max(free);
        free = label.0 + 13.0;
    }
    labels
}
