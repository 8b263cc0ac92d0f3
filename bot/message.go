package bot

// A message is what the bot says in one answer to somebody: a body that may be
// divided, a tail that stays whole on the last message, and buttons below it.
type message struct {
	body, tail doc
	rows       [][]component
	private    bool   // ephemeral; only for replies to interactions
	single     bool   // one message: what doesn't fit gives way to an ellipsis
	replyTo    string // message id; only for posts
}

// A component is a button, or a select menu with the options.
type component struct {
	label   string
	action  press  // what pressing it asks for
	url     string // a button that opens an address, in place of an action
	style   int    // of discordgo's button styles; 0 is secondary
	options []option
	off     bool
}

// An option is an entry of a select menu, or a choice of an autocompletion, where
// detail is unused.
type option struct{ label, value, detail string }

// A modal asks for text.
type modal struct {
	title  string
	action press
	fields []field
}

type field struct {
	id, label, placeholder, value string
	long, required                bool
	max                           int // characters, at most 4,000
}
