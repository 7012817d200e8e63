//! What does the summary look like as text?

use std::io::{self, Write};

use wct::inspect::Weight;
use wct::inspect::summary::{CoreModule, Entry, Group, Summary, What, World};

use super::metadata;
use crate::render;

/// Columns of a line.
const WIDTH: usize = 100;

/// Columns before what a line is about.
const INDENT: usize = 10;

/// One screen: what it is, what it needs and offers, what it weighs, what made it.
pub fn write(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", title(summary))?;
    write_outside(summary, out)?;
    write_weight(summary, out)?;
    write_makers(summary, out)
}

fn title(summary: &Summary) -> String {
    let kind = match summary.kind {
        What::Component => "component",
        What::CoreModule => "core module",
        What::WitPackage => "WIT package",
    };
    let file = render::plain(&summary.file);
    let mut title = kind.to_string();
    if let Some(package) = &summary.outside.package {
        title.push_str(&format!(" {package}"));
    }
    let name = summary.says.name.iter().chain(&summary.says.version);
    let name: Vec<_> = name.map(|part| render::shorten(part, WIDTH / 3)).collect();
    if !name.is_empty() {
        title.push_str(&format!(" `{}`", name.join(" ")));
    }
    if summary.size > 0 {
        title.push_str(&format!(", {}", render::bytes(summary.size)));
    }
    // A path is shown as it was typed, however long.
    let fits = file.chars().count() + title.chars().count() + 2 <= WIDTH;
    let gap = if fits { " " } else { "\n  " };
    format!("{file}:{gap}{title}")
}

fn write_outside(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let outside = &summary.outside;
    match summary.kind {
        What::WitPackage => {
            write_interfaces(&outside.interfaces, out)?;
            return outside
                .worlds
                .iter()
                .try_for_each(|world| write_world(world, out));
        }
        What::Component => {
            write_groups("imports", &outside.imports, Detail::Names, out)?;
            write_groups("exports", &outside.exports, Detail::Functions, out)?;
        }
        What::CoreModule => {
            write_groups("imports", &outside.imports, Detail::Names, out)?;
            write_groups("exports", &outside.exports, Detail::Names, out)?;
            for world in &outside.worlds {
                write_groups(
                    "imports of the embedded world",
                    &world.imports,
                    Detail::Names,
                    out,
                )?;
                write_groups(
                    "exports of the embedded world",
                    &world.exports,
                    Detail::Functions,
                    out,
                )?;
            }
        }
    }
    let is_empty = outside.imports.is_empty() && outside.exports.is_empty();
    if is_empty && outside.worlds.is_empty() {
        writeln!(out, "\nneeds nothing and offers nothing")?;
    }
    Ok(())
}

fn write_world(world: &World, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nworld {}", world.name)?;
    write_groups("imports", &world.imports, Detail::Names, out)?;
    write_groups("exports", &world.exports, Detail::Names, out)
}

fn write_interfaces(interfaces: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    if interfaces.is_empty() {
        return Ok(());
    }
    writeln!(out, "\ninterfaces")?;
    let rows = interfaces.iter().map(|interface| {
        let functions = render::count(interface.functions.len() as u64, "function");
        vec![format!("  {}", interface.name), functions]
    });
    write!(out, "{}", render::table(&rows.collect::<Vec<_>>(), &[]))
}

/// How much is told of an interface.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Names,
    Functions,
}

/// More lines than this of one package are cut.
const LINES: usize = 4;

fn write_groups(
    label: &str,
    groups: &[Group],
    detail: Detail,
    out: &mut dyn Write,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{label}")?;
    let alone = groups.iter().all(|group| group.from.is_none());
    let from = |group: &Group| match &group.from {
        Some(from) => render::shorten(from, WIDTH / 2),
        None => "(world)".to_string(),
    };
    let width = groups
        .iter()
        .map(|group| from(group).chars().count())
        .max()
        .unwrap_or(0);
    let indent = if alone { 2 } else { width + 4 };
    for group in groups {
        let items: Vec<String> = group
            .items
            .iter()
            .flat_map(|item| shown(item, detail))
            .collect();
        let wrapped = render::wrap(&items.join(", "), WIDTH - indent, indent);
        let lines: Vec<&str> = wrapped.lines().collect();
        let text = lines[..lines.len().min(LINES)].join("\n");
        if alone {
            writeln!(out, "  {text}")?;
        } else {
            writeln!(out, "  {:width$}  {text}", from(group))?;
        }
        if lines.len() > LINES {
            let words = |text: &str| text.trim_start().split(' ').count();
            let shown = lines[..LINES].iter().map(|line| words(line)).sum();
            let ends = items.iter().scan(0, |end, item| {
                *end += words(item);
                Some(*end)
            });
            let hidden = ends.filter(|end| *end > shown).count();
            writeln!(out, "{}and {hidden} more", " ".repeat(indent))?;
        }
    }
    Ok(())
}

/// `formatter { format, minify }` in pieces that commas join; resource functions without their
/// brackets.
fn shown(entry: &Entry, detail: Detail) -> Vec<String> {
    let name = render::shorten(&entry.name, WIDTH / 2);
    if detail == Detail::Names || entry.functions.is_empty() {
        return vec![name];
    }
    let functions = entry.functions.iter().map(|function| {
        let name = function.rsplit(']').next().unwrap_or(function);
        if function.starts_with("[constructor]") {
            format!("{name}.new")
        } else {
            name.to_string()
        }
    });
    let mut pieces: Vec<String> = functions.collect();
    if let Some(first) = pieces.first_mut() {
        *first = format!("{name} {{ {first}");
    }
    if let Some(last) = pieces.last_mut() {
        *last += " }";
    }
    pieces
}

/// More modules than this are summed up.
const MODULES: usize = 8;

fn write_weight(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.core_modules.is_empty() {
        return Ok(());
    }
    let mut modules: Vec<&CoreModule> = summary.core_modules.iter().collect();
    modules.sort_by_key(|module| std::cmp::Reverse(module.weight.total));
    let mut rows = vec![header()];
    let shown = if modules.len() > MODULES {
        MODULES - 1
    } else {
        modules.len()
    };
    for module in &modules[..shown] {
        rows.push(cells(label(module), module.weight, summary.size));
    }
    if shown < modules.len() {
        let rest = sum(&modules[shown..]);
        rows.push(cells(
            format!("  {} more", modules.len() - shown),
            rest,
            summary.size,
        ));
    }
    if summary.kind == What::Component {
        let around = summary.size.saturating_sub(sum(&modules).total);
        let label = match summary.components {
            0 => "  the component around them".to_string(),
            nested => format!("  the component around them, {nested} nested"),
        };
        let glue = Weight {
            other: around,
            total: around,
            ..Weight::default()
        };
        rows.push(cells(label, glue, summary.size));
    }
    writeln!(out)?;
    write!(
        out,
        "{}",
        render::table(&rows, &[false, true, true, true, true, true, true])
    )?;
    if summary.memory > 0 {
        writeln!(
            out,
            "\nmemory    {} at the start",
            render::bytes(summary.memory)
        )?;
    }
    Ok(())
}

fn header() -> Vec<String> {
    let titles = [
        "core modules",
        "code",
        "data",
        "custom",
        "other",
        "total",
        "",
    ];
    titles.iter().map(|title| (*title).to_string()).collect()
}

fn label(module: &CoreModule) -> String {
    let label = match (&module.name, module.path.last()) {
        (Some(name), _) => render::shorten(name, 36),
        // Each component counts its modules from zero.
        (None, Some(_)) => render::shorten(&module.path.join(": "), 36),
        (None, None) => "the module".to_string(),
    };
    format!("  {label}")
}

fn cells(label: String, weight: Weight, whole: u64) -> Vec<String> {
    let bytes = |count: u64| {
        if count == 0 {
            String::new()
        } else {
            render::bytes(count)
        }
    };
    vec![
        label,
        bytes(weight.code),
        bytes(weight.data),
        bytes(weight.custom),
        bytes(weight.other),
        bytes(weight.total),
        render::percent(weight.total, whole),
    ]
}

fn sum(modules: &[&CoreModule]) -> Weight {
    modules
        .iter()
        .fold(Weight::default(), |sum, module| Weight {
            code: sum.code + module.weight.code,
            data: sum.data + module.weight.data,
            custom: sum.custom + module.weight.custom,
            other: sum.other + module.weight.other,
            total: sum.total + module.weight.total,
        })
}

/// Lines of what the tools say; the rest is in `--metadata`.
fn write_makers(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let said = metadata::lines(&summary.says);
    let says = [
        "description",
        "authors",
        "licenses",
        "source",
        "homepage",
        "revision",
        "sbom",
    ];
    let mut lines: Vec<(&str, String)> = said
        .iter()
        .filter(|(label, _)| says.contains(&label.as_str()))
        .map(|(label, text)| (label.as_str(), text.clone()))
        .collect();
    for (field, label) in [
        ("language", "language"),
        ("sdk", "sdk"),
        ("processed-by", "made by"),
    ] {
        let Some(values) = summary.made_by.get(field) else {
            continue;
        };
        let values = values.iter().map(|(name, versions)| {
            let versions: Vec<&str> = versions.iter().map(|v| short_version(v)).collect();
            render::plain(format!("{name} {}", versions.join(" and ")).trim_end())
        });
        lines.push((label, values.collect::<Vec<_>>().join(", ")));
    }
    if lines.is_empty() {
        return Ok(());
    }
    if summary.memory == 0 {
        writeln!(out)?;
    }
    for (label, text) in lines {
        let indent = INDENT.max(label.chars().count() + 2);
        let text = render::wrap(&text, WIDTH - indent, indent);
        writeln!(out, "{label:<INDENT$}{text}")?;
    }
    Ok(())
}

/// `1.95.0 (59807616e 2026-04-14)` as `1.95.0`.
fn short_version(version: &str) -> &str {
    version.split(" (").next().unwrap_or(version)
}
