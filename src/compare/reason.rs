//! In what do two items of core modules differ that read alike?

use std::collections::{BTreeSet, VecDeque};

use wasmparser::ValType;
use wasmparser::types::{CoreTypeId, EntityType};

use super::core::{definition, members, shape};
use super::heap::{Atom, Whose, atoms, concrete, meant};
use super::matching::{Cores, Item};

/// So many types are looked at for what makes others differ: for one item, and for all.
const LOOKED_AT: usize = 100;
pub(super) const LOOKED_AT_IN_ALL: usize = 20_000;

/// Two types, one of each side.
type Pair = (CoreTypeId, CoreTypeId);

impl Cores<'_> {
    /// Two items that differ, in words that do so, too.
    pub fn told(&mut self, a: Item<'_>, b: Item<'_>) -> (String, String) {
        let text = |(whose, ty): Item<'_>| shape(self.numbers.types(whose), ty);
        let (x, y) = (text(a), text(b));
        if x != y {
            return (x, y);
        }
        let (more, other) = self.reason((a.0, b.0), a.1, b.1);
        (x + &more, y + &other)
    }

    fn reason(
        &mut self,
        sides: (Whose, Whose),
        a: &EntityType,
        b: &EntityType,
    ) -> (String, String) {
        use EntityType as E;
        let only = |text: &str| (String::new(), text.to_string());
        let root = match (a, b) {
            (E::Func(_), E::FuncExact(_)) => return only(" exactly"),
            (E::FuncExact(_), E::Func(_)) => return (" exactly".to_string(), String::new()),
            (E::Func(a), E::Func(b)) | (E::FuncExact(a), E::FuncExact(b)) => Some((*a, *b)),
            (E::Tag(a), E::Tag(b)) => Some((*a, *b)),
            (E::Global(a), E::Global(b)) => referred(a.content_type).zip(referred(b.content_type)),
            (E::Table(a), E::Table(b)) => {
                let (a, b) = (ValType::Ref(a.element_type), ValType::Ref(b.element_type));
                referred(a).zip(referred(b))
            }
            _ => None,
        };
        let Some(root) = root else {
            return only("");
        };
        match self.first_difference(sides, root) {
            Ok(Some(pair)) => self.pair(sides, pair, pair == root),
            Ok(None) => only(" in another recursion group"),
            Err(TooMany) => only(" with other types inside"),
        }
    }

    /// The nearest types that differ in more than what they refer to.
    fn first_difference(
        &mut self,
        sides: (Whose, Whose),
        root: Pair,
    ) -> Result<Option<Pair>, TooMany> {
        let types = (self.numbers.types(sides.0), self.numbers.types(sides.1));
        let mut seen = BTreeSet::from([root]);
        let mut open = VecDeque::from([root]);
        while let Some((a, b)) = open.pop_front() {
            if self.numbers.number(sides.0, a) == self.numbers.number(sides.1, b) {
                continue;
            }
            let (ours, theirs) = (atoms(types.0, a), atoms(types.1, b));
            if ours.len() != theirs.len() {
                return Ok(Some((a, b)));
            }
            for (one, other) in ours.iter().zip(&theirs) {
                let (Atom::Type(one), Atom::Type(other)) = (one, other) else {
                    if one != other {
                        return Ok(Some((a, b)));
                    }
                    continue;
                };
                let next = meant(types.0, a, *one).zip(meant(types.1, b, *other));
                let Some(next) = next.filter(|next| seen.insert(*next)) else {
                    continue;
                };
                if seen.len() > LOOKED_AT || self.looks == 0 {
                    return Err(TooMany);
                }
                self.looks -= 1;
                open.push_back(next);
            }
        }
        Ok(None)
    }

    /// What two types are made of.
    fn pair(&self, sides: (Whose, Whose), (a, b): Pair, is_root: bool) -> (String, String) {
        let types = (self.numbers.types(sides.0), self.numbers.types(sides.1));
        let (x, y) = (definition(types.0, a), definition(types.1, b));
        let (x, y) = match x == y {
            false => (x, y),
            true => {
                let (ours, theirs) = (members(types.0, a), members(types.1, b));
                let mut at = 0..ours.len().max(theirs.len());
                let at = at.find(|at| ours.get(*at) != theirs.get(*at)).unwrap_or(0);
                let text = |member: Option<&(String, String)>| match member {
                    Some((name, ty)) => format!("{name}: {ty}"),
                    None => "nothing more".to_string(),
                };
                (text(ours.get(at)), text(theirs.get(at)))
            }
        };
        let word = if is_root { " of" } else { ", down to" };
        (format!("{word} {x}"), format!("{word} {y}"))
    }
}

/// More types than are looked at.
struct TooMany;

/// The type that a value refers to.
fn referred(ty: ValType) -> Option<CoreTypeId> {
    let ValType::Ref(reference) = ty else {
        return None;
    };
    concrete(reference)?.as_core_type_id()
}
