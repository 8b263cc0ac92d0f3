// Package dates reads date expressions.
package dates

// A Range is a closed range of days, "" is open.
type Range struct{ Since, Until string }

// Contains reports whether the day lies in the range.
func (r Range) Contains(d string) bool {
	return (r.Since == "" || r.Since <= d) && (r.Until == "" || d <= r.Until)
}
