package retrieval

// Derived returns what PutDerived last kept under a name, nil if there is nothing or
// the library has no archive. What is derived from articles is gone once one of them is
// removed.
func (l *Library) Derived(name string) []byte {
	if l.archive == nil {
		return nil
	}
	return l.archive.Derived(name)
}

// PutDerived keeps what can be derived again from the articles, under a name of
// letters. A library without an archive, or with one that is only read, keeps nothing.
func (l *Library) PutDerived(name string, body []byte) error {
	if l.archive == nil || !l.archive.Writable() {
		return nil
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.archive.PutDerived(name, body)
}
