//! What is one change, and whom does it break?

use serde::Serialize;

/// One difference between the interfaces of two inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The world that it is in, of a WIT package with worlds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    pub place: Place,
    /// Without its version, as the old side has it: `example:shop/orders`.
    pub item: String,
    /// Within the item, from outside inwards: `order.price`; empty for the item itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    pub kind: Kind,
    /// What was there, where there was something: a type, a name, a version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub old: String,
    /// What is there now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub new: String,
    /// For who calls the exports.
    pub callers: Effect,
    /// For who supplies the imports.
    pub hosts: Effect,
}

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A WIT package itself.
    Package,
    /// An interface of a WIT package: components may import or export it.
    Interface,
    /// A world of a WIT package itself.
    World,
    Import,
    Export,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Removed,
    /// The same by structure, under another name.
    Renamed,
    Changed,
    /// The same fields, cases or labels in another order.
    Reordered,
    Version,
    Added,
    /// The comments alone.
    Docs,
}

/// Whether something that was made for the old side still does with the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    Breaking,
    Compatible,
}

impl Effect {
    pub fn breaking_if(is_breaking: bool) -> Effect {
        match is_breaking {
            true => Effect::Breaking,
            false => Effect::Compatible,
        }
    }
}

impl Change {
    /// A change of an item itself that breaks nobody.
    pub(super) fn of(place: Place, item: &str, kind: Kind) -> Change {
        Change {
            world: None,
            place,
            item: item.to_string(),
            path: String::new(),
            kind,
            old: String::new(),
            new: String::new(),
            callers: Effect::Compatible,
            hosts: Effect::Compatible,
        }
    }

    /// Whether it breaks callers or hosts.
    pub fn is_breaking(&self) -> bool {
        Effect::Breaking == self.callers.min(self.hosts)
    }

    /// The item and what is within it: `example:shop/orders.order.price`.
    pub fn full_path(&self) -> String {
        let (item, path) = (&self.item, &self.path);
        match path.chars().next() {
            None => item.clone(),
            // Of a function itself: a parameter, the result.
            Some('(') => format!("{item}{path}"),
            Some('-') => format!("{item} {path}"),
            Some(_) => format!("{item}.{path}"),
        }
    }
}
