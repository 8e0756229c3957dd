//! Work shared out among threads, with what comes of it in order.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Fills blocks, works on them and takes what comes of it, until there are no more or `take` ends it by breaking.
///
/// `fill` gets a block to fill, one at a time, and says whether there was anything left for it; `work` is done on several
/// blocks at once; `take` gets the blocks in the order in which they were filled, one at a time. Each thread does all three
/// with a block of its own, which it uses again and again: no step waits for another while there is work, and there are
/// never more blocks than threads. The calling thread is one of them; with one there is no other.
///
/// A panic in one of them ends all threads, and goes on here.
pub fn in_order<B: Default>(
    threads: NonZeroUsize,
    fill: impl FnMut(&mut B) -> bool + Send,
    work: impl Fn(&mut B) + Sync,
    take: impl FnMut(&mut B) -> ControlFlow<()> + Send,
) {
    let line = Line {
        source: Mutex::new(Source { fill, filled: 0 }),
        sink: Mutex::new(Sink { take, taken: 0 }),
        moved: Condvar::new(),
        is_over: AtomicBool::new(false),
    };
    let run = || {
        let _over = OverOnPanic(&line);
        let mut block = B::default();
        while let Some(number) = line.fill(&mut block) {
            work(&mut block);
            line.take(number, &mut block);
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.get()).map(|_| scope.spawn(run)).collect();
        run();
        for other in others {
            if let Err(panic) = other.join() {
                resume_unwind(panic);
            }
        }
    });
}

/// Blocks on their way.
struct Line<F, T> {
    source: Mutex<Source<F>>,
    sink: Mutex<Sink<T>>,
    /// It is another block's turn to be taken, or all is over.
    moved: Condvar,
    /// No block is wanted any more.
    is_over: AtomicBool,
}

struct Source<F> {
    fill: F,
    /// How many blocks were filled.
    filled: u64,
}

struct Sink<T> {
    take: T,
    /// How many blocks were taken.
    taken: u64,
}

impl<F, T> Line<F, T> {
    /// Fills the block and gives its number; `None` where there is no more. A lock is poisoned by a panic only, which ends all.
    fn fill<B>(&self, block: &mut B) -> Option<u64>
    where
        F: FnMut(&mut B) -> bool,
    {
        let mut source = self.source.lock().ok()?;
        if self.is_over.load(Ordering::Acquire) || !(source.fill)(block) {
            return None;
        }
        source.filled += 1;
        Some(source.filled - 1)
    }

    /// Takes the block when it is its turn.
    fn take<B>(&self, number: u64, block: &mut B)
    where
        T: FnMut(&mut B) -> ControlFlow<()>,
    {
        let Ok(sink) = self.sink.lock() else { return };
        let is_early = |sink: &mut Sink<T>| sink.taken != number && !self.is_over.load(Ordering::Acquire);
        let Ok(mut sink) = self.moved.wait_while(sink, is_early) else { return };
        if !self.is_over.load(Ordering::Acquire) {
            sink.taken += 1;
            self.is_over.fetch_or((sink.take)(block).is_break(), Ordering::Release);
        }
        drop(sink);
        self.moved.notify_all();
    }
}

/// Ends the work of all threads if this one panics: nobody may wait for the turn of its block.
struct OverOnPanic<'l, F, T>(&'l Line<F, T>);

impl<F, T> Drop for OverOnPanic<'_, F, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.is_over.store(true, Ordering::Release);
            // Whoever has looked before the store and not begun to wait yet holds this lock.
            drop(self.0.sink.lock());
            self.0.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    /// The squares of the numbers below `count`, as far as they are taken; numbers of `slow` take long.
    fn squares(count: u64, workers: usize, slow: &[u64], last: Option<u64>) -> Vec<u64> {
        let (mut next, mut taken) = (0, Vec::new());
        in_order(
            threads(workers),
            |block: &mut (u64, u64)| {
                block.0 = next;
                next += 1;
                block.0 < count
            },
            |(number, square)| {
                if slow.contains(number) {
                    thread::sleep(Duration::from_millis(2));
                }
                *square = *number * *number;
            },
            |(number, square)| {
                taken.push(*square);
                if Some(*number) == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        taken
    }

    proptest! {
        #[test]
        fn what_comes_of_it_is_in_order_and_whole(
            count in 0_u64..60,
            workers in 1_usize..9,
            slow in prop::collection::vec(0_u64..60, 0..6),
            last in prop::option::of(0_u64..60),
        ) {
            let until = last.map_or(count, |last| count.min(last + 1));
            let expected: Vec<u64> = (0..until).map(|number| number * number).collect();
            prop_assert_eq!(squares(count, workers, &slow, last), expected);
        }
    }

    #[test]
    fn a_panic_anywhere_ends_all_threads_and_comes_through() {
        let at = |here: bool, step: &str| assert!(!here, "broken while {step}");
        for step in ["filling", "working", "taking"] {
            for workers in [1, 2, 8] {
                let mut next = 0_u64;
                let mut taken = Vec::new();
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    in_order(
                        threads(workers),
                        |block: &mut u64| {
                            *block = next;
                            next += 1;
                            at(step == "filling" && *block == 20, step);
                            true
                        },
                        |block| at(step == "working" && *block == 20, step),
                        |block| {
                            at(step == "taking" && *block == 20, step);
                            taken.push(*block);
                            ControlFlow::Continue(())
                        },
                    );
                }));
                let panic = ended.unwrap_err();
                assert_eq!(panic.downcast_ref::<String>(), Some(&format!("broken while {step}")));
                assert!(taken.iter().copied().eq(0..taken.len() as u64) && taken.len() <= 20, "{taken:?}");
            }
        }
    }
}
