//! What are the functions, or other items of one kind, of a module called?

use wasmparser::NameMap;

/// Names by function index, sorted by index.
#[derive(Clone, Debug, Default)]
pub struct ItemNames<'a> {
    names: Vec<(u32, &'a str)>,
}

impl<'a> ItemNames<'a> {
    pub(super) fn read(map: NameMap<'a>) -> Self {
        let names = map.into_iter().map_while(|naming| naming.ok());
        ItemNames::new(names.map(|naming| (naming.index, naming.name)).collect())
    }

    /// In any order.
    pub(super) fn new(mut names: Vec<(u32, &'a str)>) -> Self {
        names.sort_by_key(|(index, _)| *index);
        ItemNames { names }
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// As it stands in the name section, mangled or not.
    pub fn get(&self, index: u32) -> Option<&'a str> {
        let found = self.names.binary_search_by_key(&index, |(i, _)| *i);
        found.ok().map(|at| self.names[at].1)
    }

    /// Index and name, by index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'a str)> + '_ {
        self.names.iter().copied()
    }
}
