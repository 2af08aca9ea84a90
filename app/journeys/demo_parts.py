"""The demo's practicals and sessions: confirmed for whoever finished a course, and one that waits for the trainer."""

from datetime import datetime

from app.journeys.confirming import confirm_practical, confirm_session, hand_in
from app.learning.catalogue import LiveCourse, LivePart, PartKind, live_courses
from app.learning.enrolling import lessons_done
from app.learning.hand_ins import UNSEEN, latest_of
from app.people.persons import person_by_email

WAITING_DAYS = 7  # ago, the consultant handed in the practical that waits, before going on with the lessons
USUAL = """Entrego el trabajo completo: las cuentas están a la vista, cada supuesto está marcado como tal y al final \
va lo que falta averiguar, con quién y para cuándo."""
TEXTS = {
    "discovery-interview": """El problema en cifras

Medido: 420 reclamos al mes y 610 en diciembre (sistema); 38 minutos por reclamo (12 cronometrados, entre 22 y 71); \
25 % fuera de plazo. Estimado por otros: «unos 500 al mes», «una media hora». Supuesto mío: 14 minutos con revisión.

Hoy cuesta 420 × 38 / 60 × 15 = USD 3990 al mes, y 105 créditos de 18 = USD 1890. En total, USD 5880.

Calificación

El problema es real y Beatriz lo quiere resolver; el dinero lo aprueba Ernesto, con quien no hemos hablado. Legal \
necesita un mes. La fecha que manda es el 31 de octubre, cuando vence el contrato de digitación.

Valor

Legibles: 70 % de 420 = 294. Ahorro: 294 × 24 / 60 × 15 = USD 1764 al mes; con 20 minutos, USD 1323. Descontada la \
licencia quedan 1114 y 673: la puesta en marcha se recupera en 8,1 y en 13,4 meses. Retorno del primer año sobre \
16 800: 1,26 a 1, o 26 %; en el caso prudente, 0,95 a 1, o −5 %. Los créditos no los conté: falta medir cuántos evita.

Criterio de éxito: el 80 % de los reclamos legibles de cuatro semanas, en 20 minutos o menos; hoy son 38.""",
}


def pass_parts(person_id: int, course: LiveCourse, trainer_id: int, *, at: datetime) -> None:
    """The practicals of a course handed in and confirmed, a point short of all, and its sessions attended."""
    done = lessons_done(person_id)
    for part in course.parts:
        if part.id in done:
            continue
        if part.kind is PartKind.PRACTICAL:
            _pass_practical(person_id, course, part, trainer_id, at)
        elif part.kind is PartKind.SESSION:
            confirm_session(course.slug, part.slug, [person_id], held_on=at.date(), by=trainer_id, at=at)


def hand_one_in(at: datetime) -> None:
    """The consultant's first practical waits in the queue, where the courses have one."""
    person = person_by_email("consultant@demo.example")
    assert person is not None, "the cast was admitted first"
    places = [(one, part) for one in live_courses("fundamentals") for part in one.parts if part.kind == "practical"]
    for course, part in places[:1]:
        _hand_in(person.id, course, part, at)


def _pass_practical(person_id: int, course: LiveCourse, part: LivePart, trainer_id: int, at: datetime) -> None:
    _hand_in(person_id, course, part, at)
    handed = latest_of(person_id, part.id)
    assert handed is not None, "it was handed in above"
    content = next(one for one in course.body["practicals"] if one["slug"] == part.slug)
    first, *rest = content["rubric"]
    marks = [max(1, first - 1), *rest]
    shown = {"version_id": course.version_id, "revision": handed.revision}
    confirm_practical(handed.id, marks, "", **shown, by=trainer_id, at=at)


def _hand_in(person_id: int, course: LiveCourse, part: LivePart, at: datetime) -> None:
    said = TEXTS.get(part.slug, USUAL)
    hand_in(person_id, course.slug, part.slug, said=said, link="", seen=UNSEEN, at=at)
