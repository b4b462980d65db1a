//! What every Reachout client shares.
