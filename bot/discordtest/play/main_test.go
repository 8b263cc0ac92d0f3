package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRunNeedsABot(t *testing.T) {
	var out, errOut bytes.Buffer
	err := run(t.Context(), []string{"-patience", "20ms"}, strings.NewReader(""), &out, &errOut)
	if err == nil || !strings.Contains(out.String(), "DISCORD_API_BASE=http://127.0.0.1:") {
		t.Errorf("%v after %s", err, out.String())
	}
	if err := run(t.Context(), []string{"--", "/does/not/exist"}, strings.NewReader(""), &out, &errOut); err == nil {
		t.Error("a bot that is not there was started")
	}
}
