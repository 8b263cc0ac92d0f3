package qa

import "crisisbot/retrieval"

// Review returns the *InputError with which Answer, Check, Summary or Timeline, by the
// kind, would turn a question away for its text or its bounds, nil if none would. It
// searches nothing and asks no model, so that it can be called before one says that an
// answer is coming. The text of a summary or a timeline may be empty.
func (a *Answerer) Review(kind Kind, q Question) error {
	if err := reviewText(kind, q.Text); err != nil {
		return err
	}
	f, err := a.bounds(q.Since, q.Until, q.Source, q.Article)
	if err != nil || a.writer != nil && foreign(q.Text) { // a model may translate it first
		return err
	}
	switch kind {
	case ClaimKind:
		_, err = claimsOf(q.Text)
	case AnswerKind:
		err = a.noSuchDay("question", essence(q.Text), f)
	default:
		err = a.noSuchDay("topic", q.Text, f)
	}
	return err
}

func reviewText(kind Kind, text string) error {
	switch {
	case kind == ClaimKind:
		return CheckText("claim", text)
	case kind != AnswerKind && text == "":
		return nil
	case kind != AnswerKind:
		return CheckText("topic", text)
	}
	if err := CheckText("question", text); err != nil {
		return err
	}
	if essence(text) == "" {
		return inputErrorf("the question holds only mentions: write what you want to know")
	}
	return nil
}

// noSuchDay refuses a text that names a day like 31 February.
func (a *Answerer) noSuchDay(what, text string, f retrieval.Filter) error {
	if _, err := a.lib.Query(text, f, ""); err != nil {
		return inputErrorf("the %s names a day that does not exist: %v", what, err)
	}
	return nil
}
