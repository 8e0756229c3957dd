//! Where the bar is drawn: standard error, through the terminal.
//!
//! indicatif fills each line with blanks up to the edge, to come to the next one. A terminal that is made narrower breaks
//! such lines in two, and the upper halves stay; so here a line ends where its text ends. Whatever is drawn together is
//! written together.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;

use crate::terminal;

/// What is drawn and not yet written.
#[derive(Debug, Default)]
pub struct Canvas(Mutex<Drawn>);

#[derive(Debug, Default)]
struct Drawn {
    text: String,
    /// Whether the line was filled: what is written next belongs on another.
    line_is_full: bool,
}

impl Canvas {
    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A movement of the cursor.
    fn control(&self, code: &str) -> io::Result<()> {
        let mut drawn = self.drawn();
        drawn.line_is_full = false;
        drawn.text.push_str(code);
        Ok(())
    }

    /// Moves the cursor by so many places; none is no movement, which a terminal would read as one.
    fn move_cursor(&self, by: usize, direction: char) -> io::Result<()> {
        if by > 0 { self.control(&format!("\u{1b}[{by}{direction}")) } else { Ok(()) }
    }
}

impl TermLike for Canvas {
    fn width(&self) -> u16 {
        terminal::size().0
    }

    fn height(&self) -> u16 {
        terminal::size().1
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.move_cursor(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.move_cursor(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.move_cursor(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.move_cursor(n, 'D')
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        self.write_str(s)?;
        self.write_str("\n")
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        let mut drawn = self.drawn();
        if s.chars().all(|c| c == ' ') {
            drawn.line_is_full = true;
            return Ok(());
        }
        if std::mem::take(&mut drawn.line_is_full) {
            drawn.text.push('\n');
        }
        drawn.text.push_str(s);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.control("\r\u{1b}[2K")
    }

    fn flush(&self) -> io::Result<()> {
        terminal::draw(&std::mem::take(&mut *self.drawn()).text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_leaves_out_the_filling() {
        let canvas = Canvas::default();
        let draw = || -> io::Result<()> {
            canvas.move_cursor_up(0)?;
            canvas.move_cursor_up(1)?;
            canvas.clear_line()?;
            canvas.write_str("[=> ]  7 %")?;
            canvas.write_str("      ")?;
            canvas.write_str("1 accepted, 12")?;
            canvas.write_str("  ")
        };
        draw().unwrap();
        assert_eq!(canvas.drawn().text, "\u{1b}[1A\r\u{1b}[2K[=> ]  7 %\n1 accepted, 12");
        canvas.clear_line().unwrap();
        canvas.write_str("x").unwrap();
        assert!(canvas.drawn().text.ends_with("12\r\u{1b}[2Kx"), "no line end before a movement");
    }
}
