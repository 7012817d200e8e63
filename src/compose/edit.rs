//! How is a composition changed?
//!
//! One of its components is replaced, or a middleware is put between an import and what provides
//! it. Both change the plan; composing it checks that all fits.

use super::expect_component;
use super::flags::{File, free, split, unreadable};
use super::name::Name;
use super::plan::{self, Arg, Plan};
use super::resolve::no_such;
use crate::component::{Component, ExternName};
use crate::diagnostic::{Diagnostic, Result};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Another component for an instance.
    Replace { instance: String, file: File },
    /// A middleware for an import of an instance, `INSTANCE:IMPORT`.
    Interpose { place: String, file: File },
}

impl Edit {
    /// Reads `INST=FILE`.
    pub fn replace(text: &str) -> Result<Edit> {
        let Some((instance, path)) = text.split_once('=') else {
            return Err(unreadable("replace", text, "INSTANCE=FILE"));
        };
        Ok(Edit::Replace {
            instance: instance.to_string(),
            file: file(path),
        })
    }

    /// Reads `INST:IMPORT=FILE`.
    pub fn interpose(text: &str) -> Result<Edit> {
        let parts = text.split_once('=');
        let Some((place, path)) = parts.filter(|(place, _)| place.contains(':')) else {
            return Err(unreadable("interpose", text, "INSTANCE:IMPORT=FILE"));
        };
        Ok(Edit::Interpose {
            place: place.to_string(),
            file: file(path),
        })
    }

    /// Where the new component comes from.
    pub fn path(&self) -> &str {
        match self {
            Edit::Replace { file, .. } | Edit::Interpose { file, .. } => &file.path,
        }
    }

    /// Changes a plan in which everything is decided; `bytes` is the new component in binary form.
    /// Returns the name that the plan gives it. Fails where there is no such instance or import, and
    /// where a middleware is none.
    pub fn apply(&self, plan: &mut Plan, bytes: &[u8]) -> Result<String> {
        expect_component(self.path(), bytes)?;
        let component = Component::parse(bytes).map_err(|error| error.in_file(self.path()))?;
        match self {
            Edit::Replace { instance, file } => replace(plan, instance, file, &component),
            Edit::Interpose { place, file } => interpose(plan, place, file, &component),
        }
    }
}

fn file(path: &str) -> File {
    File {
        name: None,
        path: path.to_string(),
    }
}

/// Arguments stay where the new component still has the import, or a version that fits; what it
/// asks for besides is left to the host.
fn replace(plan: &mut Plan, instance: &str, file: &File, new: &Component<'_>) -> Result<String> {
    let instance = known(plan, instance)?;
    let id = add(plan, file);
    let given = plan.instances.entry(instance).or_default();
    let old = std::mem::take(&mut given.args);
    for import in &new.imports {
        let name = Name::of(&import.name);
        let same = old.get_key_value(import.name.name);
        let found = same.or_else(|| old.iter().find(|(old, _)| is_compatible(old, &name)));
        // A newer version is asked of the host by its own name.
        let kept = found.filter(|(old, arg)| {
            let versioned = arg.import.as_ref();
            let versioned = versioned.is_some_and(|open| is_compatible(open, &name));
            *old == import.name.name || !versioned
        });
        if let Some((_, arg)) = kept {
            given.args.insert(import.name.name.to_string(), arg.clone());
        }
    }
    given.component = Some(id.clone());
    prune(plan);
    Ok(id)
}

/// The middleware gets what the import was given, and the import the middleware.
fn interpose(plan: &mut Plan, place: &str, file: &File, new: &Component<'_>) -> Result<String> {
    let (instance, import) = split(plan, place).unwrap_or((place, ""));
    let instance = known(plan, instance)?;
    let wanted = Name::parse(import);
    let args = plan.instances.get(&instance).map(|given| &given.args);
    let args: Vec<(String, Arg)> = args
        .into_iter()
        .flatten()
        .map(|(name, arg)| (name.clone(), arg.clone()))
        .collect();
    let exact = args.iter().find(|(name, _)| name == import);
    let versioned = |name: &str| Name::parse(name).path == wanted.path;
    let near = |name: &str| match wanted.version {
        Some(_) => is_compatible(name, &wanted),
        None => versioned(name),
    };
    let Some((import, provider)) = exact.or_else(|| args.iter().find(|(name, _)| near(name)))
    else {
        let names: Vec<Name> = args.iter().map(|(name, _)| Name::parse(name)).collect();
        let message = format!("`{instance}` has no import `{import}`");
        return Err(no_such("compose/unknown-import", message, &names, import));
    };
    let name = Name::parse(import);
    let fits = |found: &ExternName<'_>| Name::of(found).is_compatible(&name);
    let export = new.exports.iter().find(|export| fits(&export.name));
    let below = new.imports.iter().find(|import| fits(&import.name));
    let (Some(export), Some(below)) = (export, below) else {
        let lacks = match (export, below) {
            (None, None) => "neither imports nor exports",
            (None, _) => "does not export",
            _ => "does not import",
        };
        return Err(no_middleware(file, lacks, import, &instance));
    };
    let id = add(plan, file);
    let taken = |name: &str| is_instance(plan, name);
    let middleware = free(&id, taken);
    let mut made = plan::Instance {
        component: (middleware != id).then(|| id.clone()),
        ..plan::Instance::default()
    };
    made.args
        .insert(below.name.name.to_string(), provider.clone());
    let arg = Arg {
        instance: Some(middleware.clone()),
        export: Some(export.name.name.to_string()),
        ..Arg::default()
    };
    let import = import.clone();
    plan.instances.insert(middleware, made);
    if let Some(given) = plan.instances.get_mut(&instance) {
        given.args.insert(import, arg);
    }
    Ok(id)
}

fn is_compatible(name: &str, wanted: &Name) -> bool {
    Name::parse(name).is_compatible(wanted)
}

fn is_instance(plan: &Plan, name: &str) -> bool {
    plan.instances.contains_key(name) || plan.root.as_deref() == Some(name)
}

/// The instance of this name; `root` means the root where nothing else is called so.
fn known(plan: &Plan, name: &str) -> Result<String> {
    if is_instance(plan, name) {
        return Ok(name.to_string());
    }
    if let (Some(root), "root") = (&plan.root, name) {
        return Ok(root.clone());
    }
    let names: Vec<String> = plan
        .instances
        .keys()
        .map(|name| format!("`{name}`"))
        .collect();
    Err(Diagnostic::error(
        "compose/unknown-instance",
        format!("there is no instance `{name}`"),
    )
    .cause(format!("known are {}", names.join(", ")))
    .help("use one of these names; `wct inspect --plan` shows what each is"))
}

/// Adds a component under a name that no other has.
fn add(plan: &mut Plan, file: &File) -> String {
    let same = plan.components.iter();
    let mut same = same.filter(|(_, known)| known.source == file.path && known.sha256.is_none());
    if let Some((id, _)) = same.next() {
        return id.clone();
    }
    let id = free(&file.id(), |name| plan.components.contains_key(name));
    let source = plan::File {
        source: file.path.clone(),
        sha256: None,
    };
    plan.components.insert(id.clone(), source);
    id
}

/// Takes out the components that no instance has any more.
fn prune(plan: &mut Plan) {
    let declarations = plan.declarations.iter().map(|given| &given.component);
    let instances = plan.instances.keys().chain(&plan.root);
    let mut used: Vec<String> = instances.chain(declarations).cloned().collect();
    for name in &mut used {
        *name = plan.component_of(name).to_string();
    }
    plan.components.retain(|id, _| used.contains(id));
}

fn no_middleware(file: &File, lacks: &str, import: &str, instance: &str) -> Box<Diagnostic> {
    let path = &file.path;
    Diagnostic::error(
        "compose/no-middleware",
        format!("`{path}` {lacks} `{import}`"),
    )
    .cause(format!(
        "a middleware offers `{instance}` what it asks the provider for"
    ))
    .help("replace the provider: `--replace INSTANCE=FILE`")
}
