package bot

import "testing"

func TestSpoken(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"<@900> What of <#7> the *talks*?", "What of the talks?"},
		{"<@!900> **115,000** troops <:flag:123> <a:wave:9>!", "115,000 troops !"},
		{"> quoted\n> > twice\n-# small\n## head\n- item", "quoted\n> twice\nsmall\nhead\nitem"},
		{"see [the report](<https://a.example/x>) at <https://b.example> or https://c.example/y?z", "see the report at or"},
		{"||hidden|| ~~gone~~ `code`", "hidden gone code"},
		{"\\*as printed\\*, 5 \\> 4, snake_case", "as printed, 5 > 4, snake_case"},
		{"by <t:1618924780:R> use </ask:55>", "by use /ask"},
		{"Київ – столиця?\n\n", "Київ – столиця?"},
		{"5 < 6 and 7 > 6; a - b", "5 < 6 and 7 > 6; a - b"},
		{" <@1> ", ""},
	} {
		if got := spoken(c.content); got != c.want {
			t.Errorf("%q: got %q, want %q", c.content, got, c.want)
		}
	}
}
