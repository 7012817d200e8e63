//! What does the tree look like as text?

use std::io::{self, Write};

use wct::inspect::Kind;
use wct::inspect::tree::{Given, Made, Node, Role};

use crate::render;

/// One line per binary and instance, and per argument of an instance.
pub fn write(root: &Node, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", line(root, root.size))?;
    write_inside(root, root.size, "", out)
}

fn write_inside(node: &Node, whole: u64, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let count = node.children.len() + node.instances.len();
    for (at, child) in node.children.iter().enumerate() {
        let (branch, deeper) = branches(at + 1 == count);
        writeln!(out, "{indent}{branch}{}", line(child, whole))?;
        write_inside(child, whole, &format!("{indent}{deeper}"), out)?;
    }
    for (at, made) in node.instances.iter().enumerate() {
        let (branch, deeper) = branches(node.children.len() + at + 1 == count);
        let room = WIDTH.saturating_sub(indent.chars().count() + 3);
        writeln!(out, "{indent}{branch}{}", instance(made, room))?;
        write_given(made, &format!("{indent}{deeper}"), out)?;
    }
    Ok(())
}

fn branches(last: bool) -> (&'static str, &'static str) {
    if last {
        ("└─ ", "   ")
    } else {
        ("├─ ", "│  ")
    }
}

/// Columns of a line.
const WIDTH: usize = 100;

/// A name that could be anything, in what is left of the line.
const NAME: usize = 40;

fn line(node: &Node, whole: u64) -> String {
    let mut line = match node.kind {
        Kind::Component => "component".to_string(),
        Kind::CoreModule => "core module".to_string(),
    };
    if let Some(index) = node.index {
        line.push_str(&format!(" {index}"));
    }
    if let Some(name) = &node.name {
        line.push_str(&format!(" `{}`", render::shorten(name, NAME)));
    }
    match node.role {
        Some(Role::Adapter) => line.push_str(", adapter"),
        Some(Role::Shim) => line.push_str(", shim"),
        Some(Role::Fixups) => line.push_str(", fixups"),
        None => {}
    }
    let share = render::percent(node.size, whole);
    format!("{line}: {}, {share}", render::bytes(node.size))
}

fn instance(made: &Made, room: usize) -> String {
    let name = match &made.name {
        Some(name) => format!(" `{}`", render::shorten(name, NAME)),
        None => String::new(),
    };
    match &made.of {
        Some(of) => format!("{}{name} of {of}", made.instance),
        None => {
            let start = format!("{}{name}: ", made.instance);
            let room = room.saturating_sub(start.chars().count());
            format!("{start}{}", bundled(&made.given, room))
        }
    }
}

/// What a bundle holds: its only item where there is room for that, else how many.
fn bundled(given: &[Given], room: usize) -> String {
    if let [Given { name, from }] = given {
        let item = format!("`{}` from {}", render::plain(name), render::plain(from));
        if item.chars().count() <= room {
            return item;
        }
    }
    match given.len() {
        0 => "empty".to_string(),
        many => render::count(many as u64, "item"),
    }
}

/// More arguments than this are cut.
const MANY: usize = 12;

fn write_given(made: &Made, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    if made.of.is_none() {
        return Ok(());
    }
    let shown = if made.given.len() > MANY {
        MANY - 1
    } else {
        made.given.len()
    };
    let room = WIDTH.saturating_sub(indent.chars().count() + "`` from ".len());
    // Deep in a tree lines get longer: a name of which nothing is left says nothing.
    let room = room.max(24);
    for Given { name, from } in made.given.iter().take(shown) {
        let from = render::shorten(from, room * 2 / 3);
        let name = render::shorten(name, room.saturating_sub(from.chars().count()));
        writeln!(out, "{indent}`{name}` from {from}")?;
    }
    if shown < made.given.len() {
        writeln!(out, "{indent}and {} more", made.given.len() - shown)?;
    }
    Ok(())
}
