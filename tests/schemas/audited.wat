(module
  (@custom "registry-metadata" "{\22annotations\22:{\22license\22:\22MIT\22},\22links\22:[\22https://example.com\22]}")
    (@custom ".dep-v0" "\78\da\5d\8e\bd\0e\c2\30\0c\06\df\c5\73\14\25\15\53\5e\05\75\30\8e\05\51\43\1c\e5\87\a5\ea\bb\37\30\40\e9\7a\f2\dd\e7\15\32\d2\82\77\ae\e0\ae\2b\24\7c\32\38\08\4d\10\14\bc\b8\d4\20\69\00\ab\8d\b6\76\a0\2a\bd\d0\fb\84\0a\36\ae\3a\08\6c\ea\eb\d5\87\e4\93\77\d1\e6\a8\45\21\8c\03\78\ce\9c\3c\27\0a\9f\65\a3\a6\59\41\11\69\e0\5a\e9\7c\68\12\9d\8a\d3\7f\f1\f7\88\82\25\24\3f\d0\ad\87\e8\61\9b\b7\1d\8d\77\46\20")
)
