//! What is to be composed from what, and how?
//!
//! Every front door comes down to one [`Plan`]. What it leaves out is found by name and type; a
//! plan that leaves nothing out gives the same bytes again.

mod keys;
mod text;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Label, Result, Source};
use crate::stub::Stub;
use crate::toml_keys;
use keys::PLAN;

/// A composition, as far as it is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    /// The instance whose exports are those of the composition, where `exports` names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Instances that are searched for what the others need, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<String>,
    /// Export what is asked for alone, without the interfaces that its types come from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact_exports: bool,
    #[serde(default, skip_serializing_if = "Imports::is_default")]
    pub imports: Imports,
    /// Imports that are answered without a provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stubs: Vec<Stub>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub components: IndexMap<String, File>,
    /// Instances that are not listed have the component of their name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub instances: IndexMap<String, Instance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<Export>,
    /// What a document declares. A plan in TOML has none.
    #[serde(skip)]
    pub declarations: Option<Declarations>,
}

/// Declarations of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    /// A component that is not instantiated: what it exports can be exported.
    pub component: String,
    /// Those of its imports that the composition has as well.
    pub imports: Vec<String>,
}

/// Where a component comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    /// A path, relative to the plan.
    pub source: String,
    /// Of its bytes. Where it is given, other bytes are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// One instance of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Instance {
    /// The component of the instance's own name where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// By the name of the import.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub args: IndexMap<String, Arg>,
}

/// What stands for an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Arg {
    /// An instance, one of whose exports it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The export of the import's own name where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// An item within that export, by the names that lead there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The instance itself, with all its exports.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// An import of the composition, by its name there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<String>,
}

/// What may be left to the host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Imports {
    /// Refuse imports that nothing provides and that `open` does not name.
    pub closed: bool,
    /// Patterns of imports that are left to the host although something may provide them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<String>,
    /// Keep versions of one interface apart that could be one import.
    pub separate: bool,
}

/// A plan with the components that were read for it, by the names it gives them.
#[derive(Default)]
pub struct Found {
    pub plan: Plan,
    pub components: IndexMap<String, Vec<u8>>,
}

impl Found {
    /// Adds a component; `source` is the path as the user typed it.
    pub(super) fn keep(&mut self, id: &str, source: &str, bytes: Vec<u8>) {
        let file = File {
            source: source.to_string(),
            sha256: None,
        };
        self.plan.components.insert(id.to_string(), file);
        self.components.insert(id.to_string(), bytes);
    }
}

impl Imports {
    fn is_default(&self) -> bool {
        *self == Imports::default()
    }
}

/// An export of the composition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Export {
    pub instance: String,
    /// The instance itself where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// An item within that export, by the names that lead there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Its own name where none is given.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Plan {
    /// Reads a plan from TOML. `name` is the path as the user typed it. Fails with a label where
    /// it is at fault.
    pub fn parse(name: &str, text: &str) -> Result<Plan> {
        let refuse = |message: String, range| {
            let source = Source {
                name: name.to_string(),
                text: text.into(),
            };
            let text = String::new();
            let label = Label {
                source,
                range,
                text,
            };
            Diagnostic::error("compose/plan", message).label(label)
        };
        let broken = |error: &toml::de::Error| {
            let message = error.message().lines().next().unwrap_or_default();
            refuse(message.to_string(), error.span().unwrap_or(0..0))
                .help("see `docs/commands/compose.md` for what a plan may say")
        };
        let table = toml::de::DeTable::parse(text).map_err(|error| broken(&error))?;
        if let Some(unknown) = toml_keys::unknown(table.get_ref(), &PLAN) {
            let error = refuse(unknown.message(), unknown.range.clone());
            return Err(unknown.explain(error, "docs/commands/compose.md"));
        }
        toml::from_str(text).map_err(|error| broken(&error))
    }

    /// The plan as TOML. What a document declares is not in it.
    pub fn to_toml(&self) -> String {
        text::write(self)
    }

    /// The component of an instance.
    pub fn component_of<'p>(&'p self, instance: &'p str) -> &'p str {
        let given = self.instances.get(instance);
        given
            .and_then(|instance| instance.component.as_deref())
            .unwrap_or(instance)
    }
}
