package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviated reports whether the full stop at i only shortens the word before
// it; word is the first word of what follows at next, and after its end.
func abbreviated(text string, start, i, next int, word string, after int) bool {
	for i > start && text[i-1] == ' ' { // tokenised text: "No . 5"
		i--
	}
	from := i
	for from > start && i-from < 24 && !isSpaceAt(text, from) && strings.IndexByte("-/([\"'", text[from-1]) < 0 {
		from--
	}
	token := strings.TrimLeft(text[from:i], "“‘«—–*_")
	dash := strings.HasPrefix(text[next:], "–") || strings.HasPrefix(text[next:], "—") || text[next] == '-' // a dateline: "RENO, Nev. – The"
	starter := starters[word] && !dash && (after >= len(text) || text[after] != '.' && text[after] != '-')
	digit := word[0] >= '0' && word[0] <= '9'
	switch {
	case token == "" || strings.HasSuffix(token, ")"):
		return false
	case allDigits(token):
		return from == start && len(token) <= 3 // "1. First item"
	case token == "a.m" || token == "p.m":
		return digit || !starter && (clockWords[word] || strings.HasPrefix(strings.ToLower(text[min(after+1, len(text)):]), "time"))
	case states[token] && !dash && !digit && text[next] != '(' && strings.HasSuffix(text[start:from], ", "):
		return false // "in Reno, Nev. Officials said": inside a sentence a comma would follow
	case strings.Contains(token, "."):
		return isDotted(token) && !starter
	case courtesies[token]:
		return true
	case numbered[token]:
		return digit || strings.Trim(word, "IVXLC") == ""
	case shortened[token], states[token]:
		return !starter
	case utf8.RuneCountInString(token) == 1:
		r, _ := utf8.DecodeRuneInString(token)
		return token != "I" && unicode.IsUpper(r) && !starter
	}
	return false
}

// isDotted reports whether s is an abbreviation such as "U.S" or "W.Va", not a
// number or an address.
func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || len(part) > 3 || allDigits(part) {
			return false
		}
	}
	return true
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

var (
	// courtesies never end a sentence: a name follows.
	courtesies = set(`Mr Mrs Ms Mx Dr Prof Messrs Mme Mlle vs`)
	// numbered words end a sentence unless a number follows.
	numbered = set(`No Nos no nos Art Arts Sec Vol Fig Ch ch p pp c ca approx para ft`)
	// shortened words, like initials, end a sentence only before a word that often opens one.
	shortened = set(`Gen Col Lt Sgt Cpl Pvt Maj Capt Cmdr Cdr Adm Brig Sen Sens Rep Reps Gov Pres Rev Hon Amb Supt Det Insp Fr Mt Ft St Ste v
		Inc Corp Ltd Co Cos Bros Jr Sr etc al cf est Ave Blvd Rd Dept Univ Assn Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
		Mon Tue Tues Wed Thu Thur Thurs Fri Penn Tex`)
	states = set(`Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Va Vt Wash Wis Wyo
		D.C N.Y N.J N.H N.M N.C S.C N.D S.D R.I W.Va B.C`)
	starters = set(`The A An In On At By For From With He She It They We I You This That These Those There But And So Or If When While As After
		Before Since Although Though However Meanwhile Moreover Also Both Its His Her Their Our My According Earlier Later Last Now Then Once What Who Why How
		Where Not To Some Many Most All Several Such During Among Despite Because Until Instead Still Yet Another Each Every Here Today Yesterday Other Perhaps
		Like Even Only Just Nor Thus Hence Therefore Nevertheless Afterwards Recently Finally Asked Speaking Following`)
	clockWords = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April May June July August
		September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec GMT UTC EST EDT ET CT PT PST PDT CST CET CEST EET MSK BST IST JST KST`)
)
