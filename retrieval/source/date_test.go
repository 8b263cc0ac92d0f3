package source

import (
	"strings"
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	for _, test := range []struct{ stated, want string }{
		{"2021-12-02", "2021-12-02"},
		{" 2021-12-02T01:00:00+03:00 ", "2021-12-02"},
		{"2021-12-02T01:00:00.123Z", "2021-12-02"},
		{"2021-12-02 23:59", "2021-12-02"},
		{"2021-12-02 23:59:00 +0000 UTC", "2021-12-02"},
		{"20211202", "2021-12-02"},
		{"Thu, 02 Dec 2021 10:00:00 GMT", "2021-12-02"},
		{"Thu, 2 Dec 2021 10:00:00 +0200", "2021-12-02"},
		{"December 02, 2021", "2021-12-02"},
		{"Dec. 2, 2021", "2021-12-02"},
		{"Sept. 2, 2021", "2021-09-02"},
		{"2nd December 2021", "2021-12-02"},
		{"Thursday, December 2, 2021", "2021-12-02"},
		{"02.12.2021", "2021-12-02"},
		{"13/12/2021", "2021-12-13"},
		{"12/13/2021", "2021-12-13"},
		{"02/02/2021 10:00", "2021-02-02"},
	} {
		if got, err := parseDay(test.stated); got != test.want || err != nil {
			t.Errorf("parseDay(%q) = %q, %v, want %q", test.stated, got, err, test.want)
		}
	}
	for stated, why := range map[string]string{
		"2021-02-30":              "no day 2021-02-30",
		"2021-13-01T00:00:00Z":    "no day",
		"31.04.2021":              "no day 31.04.2021",
		"02/03/2021":              "may be 2 March or 3 February",
		"yesterday":               "no known form",
		strings.Repeat("9", 1000): "1000 characters",
	} {
		if got, err := parseDay(stated); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("parseDay(%.20q) = %q, %v, want an error with %q", stated, got, err, why)
		}
	}
}

func TestDayFromNameAndPath(t *testing.T) {
	for name, want := range map[string]string{
		"2021-12-02_talks.txt": "2021-12-02", "talks20211202.txt": "2021-12-02", "2021.12.02.md": "2021-12-02",
		"talks.txt": "", "2021-13-02.txt": "", "2021-02-30.txt": "", "123202112021.txt": "", "2021-1202.txt": "",
	} {
		if got := dayFromName(name); got != want {
			t.Errorf("dayFromName(%q) = %q, want %q", name, got, want)
		}
	}
	for path, want := range map[string]string{
		"/2021/12/02/talks": "2021-12-02", "/news/2021/dec/02/talks": "2021-12-02", "/2021-12-02/": "2021-12-02", "/2021/12/2": "2021-12-02",
		"/2021/12/talks": "", "/1234/56/78": "", "/2021/02/30/talks": "",
	} {
		if got := dayFromPath(path); got != want {
			t.Errorf("dayFromPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestCheckDay(t *testing.T) {
	now := time.Date(2022, 2, 24, 12, 0, 0, 0, time.UTC)
	for day, ok := range map[string]bool{
		"2022-02-24": true, "2022-02-26": true, "2022-02-27": false, "1605-07-01": true, "0001-01-01": false, "1599-12-31": false,
	} {
		if err := checkDay(day, now); (err == nil) != ok {
			t.Errorf("checkDay(%s) = %v", day, err)
		}
	}
	if err := checkDay("2022-02-24", time.Unix(0, 0)); err != nil {
		t.Errorf("by a clock that was lost: %v", err)
	}
}
