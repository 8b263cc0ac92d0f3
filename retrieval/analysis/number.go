package analysis

import (
	"strconv"
	"strings"
)

// magnitudes are the words that multiply the number before them. Their values
// are powers of ten.
var magnitudes = map[string]int{"hundr": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}

// ordinals and cardinals written out are compared as digits; larger ones are
// rare in news, which prints figures.
var numerals = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
	"eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
	"fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20",
	"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}

// number reads a token as a number and returns it in plain digits: "115,000",
// "115K", "115000" are "115000"; "1st" is "1"; "seven" is "7". Decimal points are
// kept: "2.5".
func number(w string) (string, bool) {
	if w == "" {
		return "", false
	}
	if w[0] < '0' || w[0] > '9' {
		n, ok := numerals[strings.ToLower(w)]
		// "One" opens sentences and stands for people far more often than it counts.
		return n, ok && n != "1"
	}
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	suffix := strings.ToLower(w[len(digits):])
	plain := strings.ReplaceAll(digits, ",", "")
	dots := 0
	for i := 0; i < len(plain); i++ {
		switch c := plain[i]; {
		case c == '.':
			dots++
		case c < '0' || c > '9':
			return "", false
		}
	}
	if dots > 1 {
		return "", false
	}
	switch suffix {
	case "", "st", "nd", "rd", "th":
		return plain, true
	case "k":
		return scale(plain, 3), true
	case "m", "mn":
		return scale(plain, 6), true
	case "bn":
		return scale(plain, 9), true
	}
	return "", false
}

// scale multiplies a plain number by ten to the power of zeros.
func scale(n string, zeros int) string {
	whole, frac, ok := strings.Cut(n, ".")
	if !ok {
		return whole + strings.Repeat("0", zeros)
	}
	if len(frac) <= zeros {
		return strings.TrimLeft(whole+frac+strings.Repeat("0", zeros-len(frac)), "0")
	}
	f, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return n
	}
	for range zeros {
		f *= 10
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// grouped reports whether two numbers set apart by a space are one number with
// its thousands set apart, as in "115 000".
func grouped(a, b string) bool {
	if len(b) != 3 || a == "" || len(a) > 3 || a[0] == '0' {
		return false
	}
	for _, c := range []byte(a + b) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
