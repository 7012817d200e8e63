//! Which exports of the providers have the name that is asked for?

use indexmap::IndexMap;

use crate::compose::name;
use crate::compose::part::Part;

/// An export of a provider. In the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// Its place among the providers.
    pub provider: usize,
    pub part: usize,
    pub export: usize,
}

/// All exports of the providers, by their names without versions.
pub struct Offers<'p> {
    by_path: IndexMap<&'p str, Vec<Offer>>,
    /// What was found to be similar to a name.
    similar: IndexMap<String, Vec<Offer>>,
    /// How many names were looked at for that.
    looks: usize,
}

/// More pairs of names than this are not looked at for similar ones.
const LOOKS: usize = 1_000_000;

impl<'p> Offers<'p> {
    /// Those of the parts of all providers.
    pub fn new(parts: &'p [Part<'_>], providers: impl Iterator<Item = usize>) -> Offers<'p> {
        let mut by_path: IndexMap<&str, Vec<Offer>> = IndexMap::new();
        for (provider, part) in providers.enumerate() {
            for (export, item) in parts[part].exports.iter().enumerate() {
                let offer = Offer {
                    provider,
                    part,
                    export,
                };
                by_path.entry(&item.name.path).or_default().push(offer);
            }
        }
        Offers {
            by_path,
            similar: IndexMap::new(),
            looks: 0,
        }
    }

    /// Those of this name, of any version.
    pub fn named(&self, path: &str) -> &[Offer] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }

    /// Those that somebody may have meant who wrote this name.
    pub fn similar(&mut self, path: &str) -> &[Offer] {
        if !self.similar.contains_key(path) {
            let close = |other: &str| {
                path.len() > 3 && other != path && name::distance(path, other, 2).is_some()
            };
            self.looks = self.looks.saturating_add(self.by_path.len());
            let looks = self.looks <= LOOKS;
            let found = self.by_path.iter();
            let found = found.filter(|(other, _)| looks && close(other));
            let found = found.flat_map(|(_, offers)| offers.iter().copied());
            self.similar.insert(path.to_string(), found.collect());
        }
        self.similar.get(path).map_or(&[], Vec::as_slice)
    }
}
