//! Prints which tests of this run were left out, and why.

fn main() -> std::io::Result<()> {
    reachout_test_support::LeftOut::take()?.print(&mut std::io::stdout().lock())
}
