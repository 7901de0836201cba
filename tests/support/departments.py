"""Four departments, and what recognises them in a question."""

from assistant.departments.directory import Directory
from assistant.language.term_vocabulary import read_terms
from assistant.questions.entities import Names, Recogniser, Terms
from assistant.questions.vocabulary import read_questions
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary

HUANGPU = "中国共产主义青年团广州市黄埔区委员会"
DONGGUAN = "中国共产主义青年团东莞市委员会"
HEALTH = "西江市白石区卫生健康局"
LABOUR = "西江市人力资源和社会保障局"
DIRECTORY = Directory(
    [HUANGPU, DONGGUAN, HEALTH, LABOUR], Grammar(default_vocabulary().departments)
)
RECOGNISER = Recogniser(
    DIRECTORY,
    names=Names(["服务对象满意度", "部门预算支出进度达标率"]),
    terms=Terms(default_vocabulary().terms, read_terms()),
    vocabulary=read_questions().names,
)
