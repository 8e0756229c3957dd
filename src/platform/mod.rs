//! What differs between operating systems: folders reached through a descriptor, permissions, signals, the shell.
//!
//! The rest of the program asks here and names no system. `unix` and `windows` offer the same functions; what Windows
//! promises less stands at the head of `windows`.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{
    Directory, FileId, HOME, Signals, append_without_waiting, create_private, free_space, is_only_ours, is_own,
    is_superuser, keep_memory_private, kill_group, links, make_folders, make_public, open_no_link,
    open_without_waiting, others_may_read, read_at, shell, start_group, start_to_sync, write_all_at,
};
#[cfg(windows)]
pub use windows::{
    Directory, FileId, HOME, Signals, append_without_waiting, create_private, free_space, is_only_ours, is_own,
    is_superuser, keep_memory_private, kill_group, links, make_folders, make_public, open_no_link,
    open_without_waiting, others_may_read, read_at, shell, start_group, start_to_sync, write_all_at,
};

/// What a file in a [`Directory`] is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// To read it.
    Read,
    /// To write at its end.
    Append,
    /// To read and write it; it is made, private, if it is not there.
    Update,
    /// To write it; it is made, private, and was not there.
    CreateNew,
}

/// A signal that ends a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The terminal went away.
    Hangup,
    /// Ctrl-C.
    Interrupt,
    /// Asked to end, as service managers do.
    Terminate,
}
