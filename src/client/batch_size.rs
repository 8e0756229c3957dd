//! How large a request may be: the user's limits, lowered for the rest of the run by what the server turned down as too
//! large, but never below what it is known to take.

use std::num::NonZeroUsize;

use crate::batch::Limits;

/// The limits of the moment.
#[derive(Debug)]
pub struct AdaptiveBatchSize {
    wanted: Limits,
    limits: Limits,
    /// The largest request that was taken: contacts and bytes.
    taken: (usize, usize),
}

impl AdaptiveBatchSize {
    /// The user's limits.
    pub fn new(wanted: Limits) -> Self {
        AdaptiveBatchSize { wanted, limits: wanted, taken: (0, 0) }
    }

    /// What the next request may hold.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A request of this size was taken.
    pub fn taken(&mut self, contacts: usize, bytes: usize) {
        self.taken = (self.taken.0.max(contacts), self.taken.1.max(bytes));
    }

    /// A request of this size was turned down as too large; returns whether the limits became lower. Only half of it is
    /// tried from now on.
    pub fn too_large(&mut self, contacts: usize, bytes: usize) -> bool {
        let before = self.limits;
        self.limits.bytes = self.limits.bytes.min((bytes / 2).max(self.taken.1));
        if contacts == 1 {
            // One contact alone is too large: that is a matter of bytes, and the number of contacts is not to blame.
            self.limits.contacts = self.wanted.contacts;
        } else {
            let half = NonZeroUsize::new((contacts / 2).max(self.taken.0)).unwrap_or(NonZeroUsize::MIN);
            self.limits.contacts = self.limits.contacts.min(half);
        }
        self.limits.bytes < before.bytes || self.limits.contacts < before.contacts
    }

    /// Whether a request of this size is certain to be turned down, as far as is known; one contact is always tried.
    pub fn is_over(&self, contacts: usize, bytes: usize) -> bool {
        contacts > 1 && (contacts > self.limits.contacts.get() || bytes > self.limits.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_what_the_server_takes() {
        let mut size = AdaptiveBatchSize::new(Limits::default());
        assert!(size.too_large(100, 27_000));
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (50, 13_500));
        assert!(size.is_over(51, 100) && size.is_over(2, 14_000) && !size.is_over(1, 14_000));
        size.taken(50, 13_400);
        // A request with one giant in it does not make all others smaller than what is known to pass.
        assert!(size.too_large(40, 20_000));
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (50, 13_400));
        size.too_large(1, 12_000);
        assert_eq!((size.limits().contacts.get(), size.limits().bytes), (100, 13_400));
    }
}
