package qa

import (
	"regexp"
	"strings"
)

// smallTalk are whole messages, in lower case, that greet, thank or ask about the
// one who answers; each may address somebody.
var smallTalk = regexp.MustCompile(`^(?:(?:` + strings.Join([]string{
	`hello|hi|hey|hiya|yo|howdy|greetings|good (?:morning|afternoon|evening|day|night)|hello again`,
	`thanks|thank you|thx|ty|cheers|thanks a lot|many thanks|thank you (?:so|very) much|much appreciated|great|nice|cool|ok|okay|good job|well done|good bot`,
	`bye|bye bye|goodbye|good bye|see you|see you later`,
	`help|help me|please help|help please|i need help|start|test|testing|ping`,
	`how are you|how are you doing|whats up|what is up|sup|are you (?:there|ok|okay|alive|online|awake|here)`,
	`who are you|what are you|whats your name|what is your name|are you (?:an? )?(?:bot|ai|human|robot|real|chatgpt|gpt|llm|person)|who (?:made|built|created|wrote) you|introduce yourself`,
	`what can you do|what do you do|what can i ask|what can i ask you|what do you know|how do you work|how does this work|how does this bot work|how do i use (?:you|this|this bot)|what is this|what is this bot|what can you help(?: me)? with|can you help|can you help me`,
	`привіт|вітаю|вітання|здрастуйте|добрий (?:день|ранок|вечір)|доброго (?:дня|ранку|вечора)|доброї ночі|дякую|дуже дякую|щиро дякую|спасибі|до побачення|бувай`,
	`допомога|допоможи|допоможіть|хто ти|хто ви|що ти|що ти таке|що ти вмієш|що ви вмієте|що ти можеш|як ти працюєш|як це працює|як тебе звати|ти бот`,
}, `|`) + `) (?:(?:there|bot|crisisbot|everyone|all|friend|friends|again|please|folks|guys|боте|бот|всім|усім|ще раз) )*)+$`)

// SmallTalk reports whether the whole of a text is a greeting, thanks, or asks about
// the one who answers: nothing that articles could answer.
func SmallTalk(text string) bool {
	text = mentions.ReplaceAllString(text, " ")
	words := strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text)), checkNoWord)
	return len(words) > 0 && len(words) <= 10 && smallTalk.MatchString(strings.Join(words, " ")+" ")
}
