//! How much memory the program takes where nobody says.

use std::path::Path;

use crate::small_file;

/// The most, however large the machine is.
const MOST: u64 = 1 << 30;

/// A quarter of the memory of the machine, or of the container where that may take less, and 1 GiB at most; so it is where
/// the system says neither.
pub(super) fn usual() -> u64 {
    let read = |path: &str| small_file::read_text(Path::new(path)).ok();
    let machine = read("/proc/meminfo").and_then(|text| of_machine(&text));
    let container = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse().ok());
    share(machine, container)
}

fn share(machine: Option<u64>, container: Option<u64>) -> u64 {
    [machine, container].into_iter().flatten().map(|bytes| bytes / 4).fold(MOST, u64::min)
}

/// The bytes that Linux has: `MemTotal:       24037020 kB`.
fn of_machine(meminfo: &str) -> Option<u64> {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    total.trim().strip_suffix("kB")?.trim_end().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_what_there_is() {
        const GIB: u64 = 1 << 30;
        assert_eq!(of_machine("MemFree: 1 kB\nMemTotal:       2097152 kB\n"), Some(2 * GIB));
        assert_eq!(of_machine("MemTotal: much\n"), None);
        let table = [
            (Some(2 * GIB), None, GIB / 2),
            (Some(64 * GIB), None, GIB),
            (Some(64 * GIB), Some(GIB), GIB / 4),
            (None, None, GIB),
        ];
        for (machine, container, expected) in table {
            assert_eq!(share(machine, container), expected);
        }
    }
}
