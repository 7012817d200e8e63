//! How is a plan written in TOML?
//!
//! By hand, so that an argument is one line.

use std::fmt::Write;

use super::{Arg, Export, File, Instance, Plan};
use crate::stub::Answer;

/// The whole text. Writing to a string cannot fail.
pub fn write(plan: &Plan) -> String {
    let mut blocks = vec![top(plan), imports(plan)];
    blocks.extend(plan.stubs.iter().map(|stub| {
        let answer = match stub.answer {
            Answer::Trap => "trap",
            Answer::Deny => "deny",
            Answer::Empty => "empty",
        };
        let (pattern, answer) = (quoted(&stub.pattern), quoted(answer));
        format!("[[stubs]]\npattern = {pattern}\nanswer = {answer}\n")
    }));
    blocks.push(components(plan));
    let instances = plan.instances.iter();
    blocks.extend(instances.flat_map(|(name, given)| instance(name, given)));
    blocks.extend(plan.exports.iter().map(export));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

fn top(plan: &Plan) -> String {
    let mut text = String::new();
    if let Some(root) = &plan.root {
        let _ = writeln!(text, "root = {}", quoted(root));
    }
    if !plan.providers.is_empty() {
        let _ = writeln!(text, "providers = {}", list(&plan.providers));
    }
    if plan.exact_exports {
        text += "exact-exports = true\n";
    }
    text
}

fn imports(plan: &Plan) -> String {
    let imports = &plan.imports;
    if imports.is_default() {
        return String::new();
    }
    let mut text = "[imports]\n".to_string();
    if imports.closed {
        text += "closed = true\n";
    }
    if !imports.open.is_empty() {
        let _ = writeln!(text, "open = {}", list(&imports.open));
    }
    if imports.separate {
        text += "separate = true\n";
    }
    text
}

fn components(plan: &Plan) -> String {
    if plan.components.is_empty() {
        return String::new();
    }
    let mut text = "[components]\n".to_string();
    for (id, File { source, sha256 }) in &plan.components {
        let mut fields = vec![format!("source = {}", quoted(source))];
        fields.extend(
            sha256
                .iter()
                .map(|digest| format!("sha256 = {}", quoted(digest))),
        );
        let _ = writeln!(text, "{} = {{ {} }}", key(id), fields.join(", "));
    }
    text
}

/// Its component, then its arguments; a table with neither still says that it is there.
fn instance(name: &str, given: &Instance) -> Vec<String> {
    let name = key(name);
    let mut blocks = Vec::new();
    if given.component.is_some() || given.args.is_empty() {
        let component = given.component.iter();
        let component = component.map(|id| format!("component = {}\n", quoted(id)));
        let component: String = component.collect();
        blocks.push(format!("[instances.{name}]\n{component}"));
    }
    if !given.args.is_empty() {
        let mut text = format!("[instances.{name}.args]\n");
        for (import, given) in &given.args {
            let _ = writeln!(text, "{} = {}", key(import), arg(given));
        }
        blocks.push(text);
    }
    blocks
}

fn arg(given: &Arg) -> String {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| fields.push(format!("{name} = {value}"));
    if let Some(instance) = &given.instance {
        add("instance", quoted(instance));
    }
    if let Some(export) = &given.export {
        add("export", quoted(export));
    }
    if !given.path.is_empty() {
        add("path", list(&given.path));
    }
    if given.whole {
        add("whole", "true".to_string());
    }
    if let Some(import) = &given.import {
        add("import", quoted(import));
    }
    format!("{{ {} }}", fields.join(", "))
}

fn export(export: &Export) -> String {
    let mut text = format!("[[exports]]\ninstance = {}\n", quoted(&export.instance));
    if let Some(name) = &export.export {
        let _ = writeln!(text, "export = {}", quoted(name));
    }
    if !export.path.is_empty() {
        let _ = writeln!(text, "path = {}", list(&export.path));
    }
    if let Some(name) = &export.name {
        let _ = writeln!(text, "as = {}", quoted(name));
    }
    text
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

/// A basic string, with what has to be escaped; never a literal or one of several lines.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn key(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !text.is_empty() && text.chars().all(is_bare) {
        true => text.to_string(),
        false => quoted(text),
    }
}
