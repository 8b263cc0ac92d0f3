package analysis

import (
	"crypto/sha256"
	"fmt"
	"sync"
)

// probe holds words of every sort that this package treats in a way of its own.
const probe = `The U.S. and the United States told us on 14 April 2021 that 115,000 soldiers, 115 000 soldiers and 115K, or 2.5 million,
were seen at Kyiv, Kiev's suburbs and Київ; Zelensky, Zelenskyy and Zelens'kyj. Élysée, naïve, Łódź, İstanbul, straße, Ærø and Åland.
Negotiators negotiated negotiating negotiations; armies went, troops' gone; "doesn't" isn't co-operation. НАТО 北京 مرحبا e-mail x_y 3rd 1,5 %.`

// Fingerprint stands for what Terms makes of texts: it differs when a table or a rule
// changed, so that terms which were kept can be told to be of another analysis.
var Fingerprint = sync.OnceValue(func() [sha256.Size]byte {
	return sha256.Sum256(fmt.Append(nil, spellingTable, irregularTable, stopWords, Terms(probe)))
})
