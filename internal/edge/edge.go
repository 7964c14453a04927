// Package edge answers in the place of a server above it: it keeps snapshots
// current from there, asks there what a token may do, and sends there what SDKs
// report.
//
// Main types: [Upstream], the server above as a client sees it; [Catalogue],
// which turns downloads into snapshots; [Verdicts], what is known of tokens;
// [Feeds], one download for each token of the smallest set that covers
// everything; [Forwarder], where usage goes; [Vault], which keeps all of that
// over a restart; [Edge], these together. Flow: a request's token is looked up
// in Verdicts, which asks the server above once; a client token that no feed
// covers gets a feed of its own; feeds hand documents to the Catalogue, which
// applies what changed to the snapshot.Store that the doors read.
//
// What does not belong: HTTP to clients (the doors), the command line (package
// app), what a token may do (package auth), how flags are evaluated.
package edge
