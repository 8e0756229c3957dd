//! The bar itself: how wide it is, and how indicatif draws it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use super::canvas::Canvas;

/// The bar is so wide where the terminal is. Were it to fill the line, a terminal made narrower would break the line in
/// two, and the upper half would stay.
const CELLS: usize = 30;
/// And so wide where there is hardly any.
const FEWEST_CELLS: usize = 5;

pub(super) fn bar() -> ProgressBar {
    // Should the run be lost, the screen is clean all the same.
    let canvas = Box::new(Canvas::default());
    ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::term_like_with_hz(canvas, REDRAWS))
        .with_finish(ProgressFinish::AndClear)
}

/// How wide the bar is in a terminal of that width, with so much beside it.
pub(super) fn cells(width: usize, beside: usize) -> usize {
    width.saturating_sub(beside + "[] ".len() + 1).clamp(FEWEST_CELLS, CELLS)
}

/// The bar with what stands beside and below it.
pub(super) fn style(cells: usize) -> ProgressStyle {
    let style = ProgressStyle::with_template(&format!("[{{bar:{cells}}}] {{prefix}}\n{{msg}}"));
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

/// The most redraws in a second.
const REDRAWS: u8 = 10;

#[cfg(test)]
mod tests {
    #[test]
    fn the_bar_leaves_space() {
        for (width, beside, cells) in [(200, 40, 30), (80, 44, 30), (60, 40, 16), (40, 44, 5), (0, 0, 5)] {
            assert_eq!(super::cells(width, beside), cells, "{width} {beside}");
        }
    }
}
