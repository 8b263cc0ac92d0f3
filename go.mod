module crisisbot

go 1.26
