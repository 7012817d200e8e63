//! Does composing a plan that was read back give the same outside?

use super::Decomposed;
use crate::compare::{Pairs, Side, compare};
use crate::component::{Component, Direction, Extern, Signature};
use crate::compose::name::Name;
use crate::compose::{Options, compose};
use crate::diagnostic::{Diagnostic, Result};
use crate::progress::Silent;

/// Composes the plan, decides by that whether its exports are exact, and warns where its imports
/// become others. Fails where it cannot be composed.
pub fn settle(
    decomposed: &mut Decomposed<'_>,
    component: &Component<'_>,
    before: &Signature<'_>,
) -> Result<()> {
    let options = Options {
        bodies_later: true,
        ..Options::default()
    };
    let made = compose(&decomposed.plan, &decomposed.components, &options, &Silent)?;
    let exported = |name: &str| {
        let mut exports = component.exports.iter();
        exports.any(|export| export.name.name == name)
    };
    let mut exports = made.report.exports.iter();
    decomposed.plan.exact_exports = exports.any(|export| !exported(&export.name));
    let wasm = made.wasm.unwrap_or_default();
    let after = Signature::read(&wasm)?;
    let causes = other_imports(before, &after);
    if !causes.is_empty() {
        let warning = Diagnostic::warning(
            "compose/other-imports",
            "composing the plan asks other things of the host",
        );
        let warning = causes.into_iter().fold(warning, Diagnostic::cause);
        decomposed.warnings.push(*warning);
    }
    Ok(())
}

/// What becomes of imports that do not stay as they are.
fn other_imports(before: &Signature<'_>, after: &Signature<'_>) -> Vec<String> {
    let mut causes = Vec::new();
    let (old, new) = (imports(before), imports(after));
    for import in &old {
        let Some(found) = of_name(&new, import.name) else {
            causes.push(format!(
                "`{}` is left out: no instance needs it",
                import.name
            ));
            continue;
        };
        let differences = differences((before, import), (after, found));
        if !differences.is_empty() {
            causes.push(format!("`{}` is asked for less:", import.name));
            causes.extend(differences);
        }
    }
    let added = new
        .iter()
        .filter(|import| of_name(&old, import.name).is_none());
    causes.extend(added.map(|import| {
        let name = import.name;
        format!("`{name}` is added: the types of others come from it")
    }));
    causes
}

fn imports<'s, 'a>(signature: &'s Signature<'a>) -> Vec<&'s Extern<'a>> {
    let externs = signature.externs.iter();
    let imports = externs.filter(|external| external.direction == Direction::Import);
    imports.collect()
}

fn of_name<'s, 'a>(imports: &[&'s Extern<'a>], name: &str) -> Option<&'s Extern<'a>> {
    let same = |import: &&&Extern<'_>| Name::parse(import.name) == Name::parse(name);
    imports.iter().find(same).copied()
}

fn differences(
    (before, old): (&Signature<'_>, &Extern<'_>),
    (after, new): (&Signature<'_>, &Extern<'_>),
) -> Vec<String> {
    let ours = Side::new(&before.types, [(old.name, &old.item)]);
    let theirs = Side::new(&after.types, [(new.name, &new.item)]);
    let mut pairs = Pairs::default();
    let found = compare(
        "",
        (&ours, &old.item.ty),
        (&theirs, &new.item.ty),
        &mut |old, new| pairs.are_one(old, new),
    );
    found.iter().map(|found| format!("  {found}")).collect()
}
