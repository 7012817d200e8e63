//! What do the changes between two inputs look like on a page?

use super::frame::Page;
use super::markup::escape;
use super::parts;
use crate::diff::{Bytes, Capability, Change, Held, Owner, Report};

const SCRIPT: &str = include_str!("changes.js");

/// More rows than this of one kind are only counted: pages stay small.
const MOST: usize = 2_000;

/// Writes the page about what changed. `bytes` writes a size.
pub fn changes(report: &Report, bytes: &dyn Fn(u64) -> String) -> String {
    let title = title(&report.old.file, &report.new.file);
    let mut sections = vec![
        ("changes", "Interface", interface(&report.changes)),
        ("capabilities", "Capabilities", held(&report.capabilities)),
    ];
    if let Some(found) = &report.bytes {
        sections.push(("bytes", "Bytes", owners(found, bytes)));
    }
    let page = Page {
        title: &title,
        lead: sentence(&report.verdict()),
        facts: facts(report, bytes),
        tools: concat!(
            "<div class=\"tools\"><div role=\"group\" aria-label=\"Which changes\" id=\"which\">",
            "<button type=\"button\" aria-pressed=\"true\" value=\"\">All</button>",
            "<button type=\"button\" aria-pressed=\"false\" value=\"breaking\">Breaking</button>",
            "<button type=\"button\" aria-pressed=\"false\" value=\"compatible\">Compatible</button>",
            "</div><input id=\"search\" type=\"search\" placeholder=\"Search\" ",
            "aria-label=\"Search all rows\"></div>\n<p id=\"detail\" role=\"status\"></p>\n"
        ),
        sections,
        script: SCRIPT,
    };
    page.html()
}

/// Both names without their folders, unless only those tell them apart.
fn title(old: &str, new: &str) -> String {
    fn file(path: &str) -> &str {
        let mut parts = path.rsplit(['/', '\\']);
        parts.find(|part| !part.is_empty()).unwrap_or(path)
    }
    match file(old) == file(new) {
        true => format!("{old} → {new}"),
        false => format!("{} → {}", file(old), file(new)),
    }
}

fn facts(report: &Report, bytes: &dyn Fn(u64) -> String) -> Vec<(&'static str, String)> {
    let breaking = report.changes.iter().filter(|change| change.is_breaking());
    let breaking = breaking.count();
    let kinds = match (report.old.kind.noun(), report.new.kind.noun()) {
        (old, new) if old == new => new.to_string(),
        (old, new) => format!("{old} → {new}"),
    };
    let mut facts = vec![
        ("Kind", kinds),
        ("Breaking", breaking.to_string()),
        ("Compatible", (report.changes.len() - breaking).to_string()),
    ];
    if let Some(found) = &report.bytes {
        let sizes = format!("{} → {}", bytes(found.old), bytes(found.new));
        let change = signed(found.new as i64 - found.old as i64, bytes);
        facts.extend([("Size", sizes), ("Change", change)]);
    }
    facts
}

fn interface(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "<p class=\"note\">Nothing changed.</p>\n".to_string();
    }
    let mut out = String::new();
    for (title, kind, is_breaking) in [
        ("Breaking", "breaking", true),
        ("Compatible", "compatible", false),
    ] {
        let changes = changes.iter().filter(|c| c.is_breaking() == is_breaking);
        let rows: Vec<String> = changes.map(row).collect();
        if rows.is_empty() {
            continue;
        }
        let head = match is_breaking {
            true => &["Where", "What", "Change", "Breaks"][..],
            false => &["Where", "What", "Change"],
        };
        out += &format!(
            "<div class=\"kind\" data-kind=\"{kind}\"><h3>{title}</h3>\n{}</div>\n",
            table(title, head, &rows)
        );
    }
    out
}

fn row(change: &Change) -> String {
    let whom = match change.breaks() {
        "" => String::new(),
        whom => format!("<td class=\"warn\">{whom}</td>"),
    };
    format!(
        "<tr><td>{}</td><td><code>{}</code></td><td><code>{}</code></td>{whom}</tr>\n",
        escape(&change.location()),
        escape(&change.full_path()),
        escape(&change.happened())
    )
}

/// A table that scrolls where it is too wide; of too many rows the first.
fn table(name: &str, head: &[&str], rows: &[String]) -> String {
    let titles = head
        .iter()
        .map(|title| format!("<th scope=\"col\">{title}</th>"));
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">\
         <table class=\"rows\"><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>\n",
        titles.collect::<String>(),
        rows.iter()
            .take(MOST)
            .map(String::as_str)
            .collect::<String>()
    );
    if rows.len() > MOST {
        let rest = rows.len() - MOST;
        out += &format!("<p class=\"note\">And {rest} more, which the report as JSON has.</p>\n");
    }
    out
}

fn held(capabilities: &[Capability]) -> String {
    if capabilities.is_empty() {
        return "<p class=\"note\">It may do what it could do before.</p>\n".to_string();
    }
    let rows = capabilities.iter().flat_map(|capability| {
        let title = parts::title(capability.authority);
        let (added, removed) = match capability.change {
            Held::Gained => ("added, the first", "removed"),
            Held::Lost => ("added", "removed, none left"),
            Held::Changed => ("added", "removed"),
        };
        let gained = capability.gained.iter().map(move |import| (added, "warn", import));
        let lost = capability.lost.iter().map(move |import| (removed, "", import));
        gained.chain(lost).map(move |(what, class, import)| {
            let import = escape(import);
            format!(
                "<tr><td>{title}</td><td><code>{import}</code></td><td class=\"{class}\">{what}</td></tr>\n"
            )
        })
    });
    let rows: Vec<String> = rows.collect();
    table("Capabilities", &["Authority", "Import", "Change"], &rows)
}

fn owners(found: &Bytes, bytes: &dyn Fn(u64) -> String) -> String {
    let most = found.owners.first();
    let most = most.map_or(1, |owner| owner.change.unsigned_abs().max(1));
    let rows: Vec<String> = found
        .owners
        .iter()
        .map(|owner| sized(owner, most, bytes))
        .collect();
    let mut out = match rows.is_empty() {
        true => "<p class=\"note\">No owner changed its size.</p>\n".to_string(),
        false => table("Bytes", &["Change", "", "Owner", "In", "Size"], &rows),
    };
    if found.rewritten > 0 {
        let functions = match found.rewritten {
            1 => "1 function has".to_string(),
            count => format!("{count} functions have"),
        };
        out += &format!("<p class=\"note\">{functions} another body of the same size.</p>\n");
    }
    out
}

/// A row with a bar: what grew points to the right, what shrank to the left.
fn sized(owner: &Owner, most: u64, bytes: &dyn Fn(u64) -> String) -> String {
    let share = owner.change.unsigned_abs() as f64 * 50.0 / most as f64;
    let (class, start) = match owner.change > 0 {
        true => ("grew", 50.0),
        false => ("shrank", 50.0 - share),
    };
    format!(
        "<tr><td class=\"number\">{}</td><td><i class=\"bar {class}\"><b style=\"left:{start:.1}%;\
         width:{share:.1}%\"></b></i></td><td><code>{}</code></td><td>{}</td>\
         <td class=\"number\">{} → {}</td></tr>\n",
        signed(owner.change, bytes),
        escape(&owner.name),
        quoted(&owner.part),
        bytes(owner.old),
        bytes(owner.new)
    )
}

/// With a capital letter and a period.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

/// With what stands between backticks as code.
fn quoted(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(at, piece)| match at % 2 {
        0 => escape(piece),
        _ => format!("<code>{}</code>", escape(piece)),
    });
    pieces.collect()
}

fn signed(change: i64, bytes: &dyn Fn(u64) -> String) -> String {
    let sign = match change {
        0 => "",
        1.. => "+",
        _ => "\u{2212}",
    };
    format!("{sign}{}", bytes(change.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::{quoted, title};

    #[test]
    fn folders_are_told_where_they_make_the_difference() {
        assert_eq!(title("v1/a.wasm", "v2/b.wasm"), "a.wasm → b.wasm");
        assert_eq!(title("v1/wit/", "v2/wit"), "v1/wit/ → v2/wit");
        assert_eq!(title("-", "a.wasm"), "- → a.wasm");
    }

    #[test]
    fn quoted_names_are_code_and_no_markup() {
        assert_eq!(quoted("module 0 `<b>`"), "module 0 <code>&lt;b&gt;</code>");
    }
}
