//! How many threads read and judge rows.

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::thread;

/// A number of threads, given or found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads(pub NonZeroUsize);

/// The most that can be asked for.
const MOST: usize = 256;
/// More than so many would wait for the one that reads at the moment.
const USEFUL: usize = 8;

impl FromStr for Threads {
    type Err = String;

    fn from_str(text: &str) -> Result<Threads, String> {
        if text == "auto" {
            // Of the cores that this process may use; one where the system does not say.
            let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
            return Ok(Threads(cores.min(NonZeroUsize::MIN.saturating_add(USEFUL - 1))));
        }
        let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MOST);
        number.map(Threads).ok_or_else(|| format!("is neither auto nor a number from 1 to {MOST}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_or_a_number() {
        let count = |text: &str| text.parse().ok().map(|Threads(count)| count.get());
        assert!((1..=USEFUL).contains(&count("auto").unwrap()));
        for (text, expected) in [("1", Some(1)), ("8", Some(8)), ("256", Some(256))] {
            assert_eq!(count(text), expected);
        }
        for text in ["0", "257", "-1", "2.5", "", "all", "99999999999999999999"] {
            assert_eq!(count(text), None, "{text:?}");
        }
    }
}
