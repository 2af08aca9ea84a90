"""The cast of the demo: who works where, what each of them did, and what is known of the organisations.

Days count back from today, so that the demo is as old whenever it is filled.
"""

from dataclasses import dataclass

from app.people.organisations import JobRole, PartnerRole
from app.people.persons import PersonRole

DEMO_PASSWORD = "acredita-demo-2026"
DEMO_SIGN_INS = ("consultant", "candidate", "partner", "trainer", "viewer", "admin")

SALES, TECHNICAL, MARKETING, MANAGEMENT = JobRole


@dataclass(frozen=True)
class Partner:
    """An organisation, the programmes it takes part in since `joined`, and its yearly figures.

    `customers` are pairs of days ago and how many; `revenue` is in dollars a month, for the months since it joined.
    `later` are programmes that it joined so many days ago, each with the metrics of what was agreed on then.
    """

    slug: str
    name: str
    joined: int
    programmes: tuple[str, ...]
    customers: tuple[tuple[int, int], ...]
    revenue: int
    later: tuple[tuple[str, int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Sitting:
    """An attempt at a level so many days ago; `wrong` items are answered wrongly, `left` lets the clock run out."""

    level: str
    days: int
    wrong: int = 3
    left: bool = False


@dataclass(frozen=True)
class Actor:
    """A person of the demo. `lessons` of each Fundamentals course are done by those who have sat no exam yet.

    Who has `finished` the track has done all of it, and may sit the exam at once.
    """

    email: str
    name: str
    partner: str | None = None
    job: JobRole = SALES
    sittings: tuple[Sitting, ...] = ()
    lessons: int = 0
    finished: bool = False
    role: PersonRole = PersonRole.CONSULTANT
    partner_role: PartnerRole = PartnerRole.USER
    joined: int = 800
    moves_to: tuple[str, int] | None = None
    language: str = "es"


@dataclass(frozen=True)
class Asked:
    """Courses that somebody who manages a team assigned so many days ago, to be finished `within` days."""

    by: str
    days: int
    people: tuple[str, ...]
    what: str
    within: int
    note: str = ""


PARTNERS = (
    Partner("andes-consultores", "Andes Consultores", 830, ("email-reengagement", "ia-bulk"),
            ((800, 12), (500, 19), (200, 21)), 19_500),
    Partner("norte-digital", "Norte Digital", 760, ("email-reengagement", "ia-bulk"), ((750, 6), (300, 11)), 6_200,
            (("expansion-suprema", 310, ()), ("marketing-mastery", 275, ()))),
    Partner("puente-latam", "Puente LATAM", 600, ("email-reengagement",), ((590, 7),), 1_400,
            (("expansion-suprema", 12, ()),)),
    Partner("atlas-integra", "Atlas Integra", 900, ("ia-bulk",), ((880, 9),), 2_600,
            (("education-partners", 200, ("integrator-agreement",)), ("email-reengagement", 70, ()))),
)  # fmt: skip


def _path(*steps: tuple[str, int]) -> tuple[Sitting, ...]:
    return tuple(Sitting(level, days, wrong=2 + days % 4) for level, days in steps)


FUNDAMENTALS, ADVANCED, EXPERT, MASTER = "fundamentals", "advanced", "expert", "master"
STAFF = (
    Actor("trainer@demo.example", "Teresa Quintana", role=PersonRole.TRAINER),
    Actor("viewer@demo.example", "Víctor Olmedo", role=PersonRole.VIEWER),
    Actor("admin@demo.example", "Adriana Luna", role=PersonRole.ADMIN),
)
CONSULTANTS = (
    Actor("consultant@demo.example", "Lucía Ferrer Ibáñez", "andes-consultores", SALES, lessons=2, joined=60),
    Actor("candidate@demo.example", "Marco Antúnez Rey", "norte-digital", SALES, finished=True, joined=90),
    Actor("partner@demo.example", "Ana Ruiz Salcedo", "andes-consultores", MANAGEMENT,
          _path((FUNDAMENTALS, 300)), partner_role=PartnerRole.ADMIN),
    # Andes Consultores: Silver, and one certified salesperson short of Gold.
    Actor("elena.vidal@demo.example", "Elena Vidal Cruz", "andes-consultores", SALES,
          _path((FUNDAMENTALS, 520), (ADVANCED, 480), (EXPERT, 210), (MASTER, 2))),  # her memo waits to be graded
    Actor("tomas.rivera@demo.example", "Tomás Rivera Núñez", "andes-consultores", SALES, _path((FUNDAMENTALS, 610))),
    Actor("ines.carmona@demo.example", "Inés Carmona Gil", "andes-consultores", SALES, _path((FUNDAMENTALS, 410))),
    Actor("bruno.salas@demo.example", "Bruno Salas Peña", "andes-consultores", SALES,
          (Sitting(FUNDAMENTALS, 160, wrong=17), Sitting(FUNDAMENTALS, 150, wrong=4))),
    Actor("paula.mendez@demo.example", "Paula Méndez Ortiz", "andes-consultores", TECHNICAL,
          _path((FUNDAMENTALS, 560), (ADVANCED, 430), (EXPERT, 330), (MASTER, 120))),
    Actor("diego.ibarra@demo.example", "Diego Ibarra Soto", "andes-consultores", TECHNICAL,
          _path((FUNDAMENTALS, 690), (ADVANCED, 640))),
    Actor("sofia.prieto@demo.example", "Sofía Prieto Lara", "andes-consultores", MARKETING, lessons=3),
    # Norte Digital: Bronze, and one certified salesperson short of Silver.
    Actor("julia.navarro@demo.example", "Julia Navarro Pons", "norte-digital", SALES,
          _path((FUNDAMENTALS, 330), (ADVANCED, 90)), partner_role=PartnerRole.ADMIN, joined=690),
    Actor("lukasz.wisniewski@demo.example", "Łukasz Wiśniewski", "norte-digital", TECHNICAL,
          _path((FUNDAMENTALS, 400)), joined=690, language="en"),
    Actor("eleni.papadaki@demo.example", "Ελένη Παπαδάκη", "norte-digital", TECHNICAL,
          _path((FUNDAMENTALS, 280)), joined=690, language="en"),
    Actor("raul.quispe@demo.example", "Raúl Quispe Mamani", "norte-digital", SALES,
          (Sitting(FUNDAMENTALS, 35, wrong=16),), joined=600),
    Actor("irene.costa@demo.example", "Irene Costa Melo", "norte-digital", MARKETING, lessons=1, joined=500),
    Actor("hugo.serrano@demo.example", "Hugo Serrano Díaz", "norte-digital", SALES,
          _path((FUNDAMENTALS, 740)), joined=755, moves_to=("puente-latam", 240)),
    # Puente LATAM: Bronze, at risk: of its two certified salespeople one was revoked, and the other has expired.
    Actor("carla.espinoza@demo.example", "Carla Espinoza Vega", "puente-latam", MANAGEMENT,
          _path((FUNDAMENTALS, 450)), partner_role=PartnerRole.ADMIN, joined=590),
    Actor("mateo.flores@demo.example", "Mateo Flores Ayala", "puente-latam", SALES, _path((FUNDAMENTALS, 380)),
          joined=590),
    Actor("dmitri.sokolov@demo.example", "Дмитрий Соколов", "puente-latam", TECHNICAL,
          _path((FUNDAMENTALS, 250)), joined=590, language="en"),
    Actor("valeria.rojas@demo.example", "Valeria Rojas Tapia", "puente-latam", MARKETING,
          (Sitting(FUNDAMENTALS, 70, wrong=0, left=True),), joined=400),
    Actor("nicolas.paredes@demo.example", "Nicolás Paredes Ruiz", "puente-latam", SALES, lessons=1, joined=200),
    Actor("camila.torres@demo.example", "Camila Torres León", "puente-latam", TECHNICAL, joined=120),
    # Atlas Integra: certificates that have expired, and one that was renewed in time.
    Actor("oscar.delgado@demo.example", "Óscar Delgado Mora", "atlas-integra", TECHNICAL,
          _path((FUNDAMENTALS, 860), (ADVANCED, 820)), partner_role=PartnerRole.ADMIN, joined=890),
    Actor("beatriz.luque@demo.example", "Beatriz Luque Sanz", "atlas-integra", TECHNICAL,
          _path((FUNDAMENTALS, 850), (FUNDAMENTALS, 160)), joined=890),
    Actor("samuel.ortega@demo.example", "Samuel Ortega Ríos", "atlas-integra", SALES, _path((FUNDAMENTALS, 840)),
          joined=890),
    Actor("noa.fuentes@demo.example", "Noa Fuentes Gallego", "atlas-integra", SALES,
          (Sitting(FUNDAMENTALS, 50, wrong=18), Sitting(FUNDAMENTALS, 45, wrong=15)), joined=300),
    Actor("gwen.lwyd@demo.example", "Gwen Llŵyd", "atlas-integra", TECHNICAL, _path((FUNDAMENTALS, 20)),
          joined=200, language="en"),
)  # fmt: skip
ASKED = (
    Asked("partner", 440, ("ines.carmona", "elena.vidal"), "track:fundamentals", 45),
    Asked("partner", 240, ("elena.vidal",), "track:expert", 60),
    Asked("partner", 40, ("bruno.salas", "tomas.rivera"), "track:advanced", 30, "Nos falta una persona para Gold."),
    Asked("partner", 12, ("consultant", "sofia.prieto"), "track:fundamentals", 30),
    Asked("julia.navarro", 380, ("julia.navarro",), "track:fundamentals", 60),
    Asked("julia.navarro", 20, ("candidate", "irene.costa"), "track:fundamentals", 45),
)
REVOKED = ("mateo.flores@demo.example", 25, "El examen lo hizo otra persona, según la revisión de identidad")
RATED = 119  # days ago: a day after Paula handed in her memo
MEMOS = {
    "mas-memo-01": """Recomiendo detener las entradas nuevas durante dos meses, corregir y volver a presupuestar.

Los hechos: hay 4 sociedades en producción y el plan decía 6; cada una cuesta USD 31 000 y no 24 000; en dos de ellas \
el uso es de 44 % y 39 %. Gastamos USD 178 560, de ellos 54 560 en la plataforma común, que no se paga otra vez, y \
quedan 109 440. Ocho sociedades más costarían 248 000: con lo que queda pagamos tres.

La causa no son las horas. Cada sociedad decide sus reglas al final, y las dos de menor uso no tienen responsable del \
negocio. Propongo un juego común de reglas aprobado por el comité antes de cada entrada, y un responsable con nombre \
en cada sociedad.

El riesgo es perder impulso: lo cuida el patrocinador, con una revisión cada dos semanas. En sesenta días el comité \
decide si entran las tres siguientes, según el uso de las cuatro actuales.""",
    "mas-memo-02": """Recomiendo no abrir todavía: servir el contrato a distancia y condicionar la apertura.

El año deja 190 000 − 132 000 − 40 000 = USD 18 000, cerca de 9 %, cuando hoy ganamos 34 %. El cliente ya da 28 % de \
los ingresos y puede salir con 60 días de aviso: nos quedarían tres sueldos y la apertura sin pagar. Los otros dos \
contactos no tienen fecha.

Propongo dos personas desde nuestra oficina, con viajes pagados por el cliente, y abrir solo con un plazo mínimo de \
doce meses o un anticipo que cubra los USD 40 000. Con 71 % de utilización cabe una persona; contratamos la otra aquí.

El riesgo es que el cliente busque un socio local: lo cuido yo, con una reunión este mes. Si uno de los dos contactos \
firma, la decisión cambia.""",
    "mas-memo-03": """Recomiendo invertir por etapas: USD 6000 ahora y el resto cuando haya cinco pedidos firmados.

Hoy quedan 22 × 140 × 0,85 × 0,45 − 500 = USD 678 al mes. Con nueve clientes más y 55 % serían 1529: los 24 000 \
vuelven a 851 por mes en unos 28 meses, y solo si los nueve compran. Los 52 000 ya gastados no vuelven y no cuentan.

El módulo sirve: 19 de 22 dejaron de armar anexos a mano. Lo que falta es compromiso: nueve dijeron que era el \
portugués y ninguno firmó. Propongo una prueba con tres, pedidos condicionados a la entrega y 65 % hasta recuperar.

El riesgo es que el proveedor la haga sin nosotros: lo cuido yo, con una reunión esta quincena. Con menos de cinco \
pedidos en noventa días, no ponemos el resto.""",
}
