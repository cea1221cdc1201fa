//! Tables of cases for merging.
