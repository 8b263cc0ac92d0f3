module crisisbot

go 1.26.0

require (
	github.com/gosimple/slug v1.15.0
	github.com/wlynxg/chardet v1.0.5
	go.yaml.in/yaml/v3 v3.0.6
	golang.org/x/net v0.62.0
	golang.org/x/text v0.43.0
)

require github.com/gosimple/unidecode v1.0.1 // indirect
