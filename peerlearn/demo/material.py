"""What the demo data are made of: who the people are, what is taught, and what the sessions are called."""

from typing import NamedTuple


class Region(NamedTuple):
    timezone: str
    currency: str
    people: str
    """Ten of them; the first four teach, the others learn."""

    @property
    def names(self) -> list[str]:
        return self.people.split(", ")


class Course(NamedTuple):
    subject: str
    category: str
    level: str
    titles: tuple[str, ...]


REGIONS = (
    Region(
        "Europe/London",
        "GBP",
        "Amelia Clarke, Oliver Bennett, Priya Sharma, Thomas Whitfield, Isla Murray, "
        "George Okafor, Hannah Price, Callum Reid, Zara Hussain, Emily Watts",
    ),
    Region(
        "America/New_York",
        "USD",
        "Marcus Johnson, Sarah Goldstein, Elena Rodriguez, David Kim, Jasmine Carter, "
        "Tyler Brooks, Maya Patel, Noah Sullivan, Grace Chen, Andre Williams",
    ),
    Region(
        "America/Los_Angeles",
        "USD",
        "Rachel Nguyen, Daniel Ortega, Megan Takahashi, Brian Foster, Sofia Ramirez, "
        "Ethan Park, Chloe Anderson, Diego Morales, Lily Tran, Jordan Hayes",
    ),
    Region(
        "Europe/Berlin",
        "EUR",
        "Katharina Vogel, Lukas Brandt, Ayse Yildiz, Stefan Krause, Lena Hoffmann, "
        "Jonas Weber, Mila Schneider, Felix Neumann, Nele Fischer, Emre Demir",
    ),
    Region(
        "Europe/Madrid",
        "EUR",
        "Carmen Delgado, Alejandro Vidal, Lucia Navarro, Pablo Iglesias, Marta Ruiz, "
        "Javier Castro, Irene Molina, Hugo Serrano, Paula Ortiz, Adrian Vega",
    ),
    Region(
        "Asia/Kolkata",
        "INR",
        "Ananya Iyer, Rohan Mehta, Kavita Reddy, Vikram Singh, Neha Gupta, "
        "Arjun Nair, Diya Joshi, Karan Malhotra, Sneha Das, Aditya Rao",
    ),
    Region(
        "Asia/Tokyo",
        "JPY",
        "Haruka Tanaka, Kenji Sato, Yumi Nakamura, Takeshi Mori, Aoi Kobayashi, "
        "Ren Ito, Sakura Yamada, Daiki Suzuki, Mei Watanabe, Sota Kato",
    ),
    Region(
        "Australia/Sydney",
        "AUD",
        "Charlotte Hughes, Liam O'Connor, Mei-Ling Wong, Jack Thompson, Ruby Campbell, "
        "Lachlan Scott, Matilda Evans, Ryan Mitchell, Aisha Rahman, Cooper Walsh",
    ),
    Region(
        "America/Sao_Paulo",
        "BRL",
        "Beatriz Almeida, Rafael Costa, Camila Ferreira, Bruno Carvalho, Larissa Souza, "
        "Gustavo Lima, Mariana Rocha, Thiago Barbosa, Julia Martins, Pedro Cardoso",
    ),
    Region(
        "Africa/Nairobi",
        "KES",
        "Wanjiru Kamau, Samuel Otieno, Amina Abdi, Peter Mwangi, Faith Njeri, "
        "Brian Kiptoo, Grace Achieng, Kevin Mutua, Zawadi Hassan, Dennis Wekesa",
    ),
)

COURSES = (
    Course(
        "Mathematics",
        "Science",
        "intermediate",
        (
            "Quadratic equations, step by step",
            "Derivatives without fear",
            "Trigonometry for the last exam",
            "Integrals by substitution",
            "Vectors in three dimensions",
            "Proof by induction: a workshop",
            "Fractions and percentages refresher",
        ),
    ),
    Course(
        "Statistics",
        "Science",
        "intermediate",
        (
            "Reading a p-value correctly",
            "Probability with dice and cards",
            "Linear regression by hand",
            "Bayes' theorem in daily life",
            "Sampling, bias and surveys",
            "The normal distribution explained",
        ),
    ),
    Course(
        "Physics",
        "Science",
        "intermediate",
        (
            "Forces and free-body diagrams",
            "Electric circuits: series and parallel",
            "Energy, work and power",
            "Waves, sound and light",
            "Special relativity for the curious",
            "Momentum: problems from old exams",
            "Thermodynamics study group",
        ),
    ),
    Course(
        "Chemistry",
        "Science",
        "beginner",
        (
            "Balancing equations together",
            "Acids and bases revisited",
            "Organic chemistry: naming things",
            "Moles, masses and volumes",
            "Redox reactions in practice",
            "The periodic table as a map",
        ),
    ),
    Course(
        "Biology",
        "Science",
        "beginner",
        (
            "How cells divide",
            "Genetics with Punnett squares",
            "Photosynthesis in an hour",
            "The human heart and circulation",
            "Ecology field notes",
            "Evolution: evidence and arguments",
        ),
    ),
    Course(
        "Programming in Python",
        "Computing",
        "beginner",
        (
            "Your first Python program",
            "Loops, lists and dictionaries",
            "Reading errors like a detective",
            "Testing with pytest",
            "Building a small web scraper",
            "Recursion, finally understood",
            "Object orientation in Python",
            "Data frames with pandas",
        ),
    ),
    Course(
        "Web Development",
        "Computing",
        "intermediate",
        (
            "HTML and CSS from scratch",
            "JavaScript promises and async",
            "A first React component",
            "REST APIs and how to call them",
            "Accessible forms",
            "Deploying a site for nothing",
        ),
    ),
    Course(
        "Algorithms",
        "Computing",
        "advanced",
        (
            "Big O in plain words",
            "Dynamic programming evening",
            "Graphs: breadth first, depth first",
            "Sorting races",
            "Interview problems, live",
            "Binary search and its traps",
        ),
    ),
    Course(
        "English",
        "Languages",
        "intermediate",
        (
            "Conversation for everyday life",
            "Essay writing: a good first paragraph",
            "Phrasal verbs that matter",
            "Pronunciation clinic",
            "IELTS speaking practice",
            "Reading a short story together",
            "Presenting in English",
        ),
    ),
    Course(
        "Spanish",
        "Languages",
        "beginner",
        (
            "Spanish for your first trip",
            "Ser and estar for good",
            "Past tenses in conversation",
            "Cooking a tortilla in Spanish",
            "Subjunctive without tears",
            "DELE B1 preparation",
        ),
    ),
    Course(
        "Economics",
        "Social sciences",
        "intermediate",
        (
            "Supply and demand with real prices",
            "Inflation explained",
            "Game theory: the prisoner's dilemma",
            "Reading a balance sheet",
            "Exchange rates and trade",
        ),
    ),
    Course(
        "History",
        "Social sciences",
        "beginner",
        (
            "Causes of the First World War",
            "Working with primary sources",
            "The Silk Road in maps",
            "The Cold War in ten documents",
            "Revision: the French Revolution",
        ),
    ),
    Course(
        "Music Theory",
        "Arts",
        "beginner",
        (
            "Reading notes in both clefs",
            "Chords and how songs use them",
            "Rhythm training with claps",
            "Writing your first melody",
            "Modes, heard and explained",
        ),
    ),
)

DESCRIPTIONS = (
    "We start with a short summary, then solve problems in pairs. Bring paper and your questions.",
    "A relaxed hour for everybody who got stuck in class. No question is too small.",
    "Half explanation, half practice. You leave with notes and a few exercises for the week.",
    "Bring an example from your own course; we work through as many as time allows.",
    "For revision before the exam: the usual traps, and how to get out of them.",
)
CANCELLATIONS = ("host_absent", "The host is ill.", "Too few people signed up.", "It clashes with an exam.")

HEADLINES = (
    "Patient lessons in {subject}, from the first step to the examination",
    "{subject} that makes sense: examples first, formulas later",
    "I have taught {subject} at school and at university",
    "Small steps, honest feedback, and a plan for your {subject}",
)
BIOS = (
    "I am {name}, and I have been teaching {subject} for as long as I can remember. We begin where you are, find out "
    "what holds you up, and practise until it does not. Bring your own exercises; I bring a few that surprise you.",
    "Most people who say that {subject} is not for them had it explained too fast. My lessons are slow where it "
    "matters and quick where it does not. After each one you have notes and three exercises.",
    "I prepare students for examinations in {subject}: we look at old papers, find the patterns and close the gaps. "
    "I answer questions between lessons, and I am always on time. Ask {name} for a first lesson.",
)
COMMENTS = {
    3: ("Good lesson, though we ran out of time for the exercises.", "Helpful, but a little fast for me."),
    4: ("Clear and friendly. I will come again.", "I finally understand what I could not for weeks."),
    5: (
        "Excellent! Patient, well prepared, and fun.",
        "The best lesson that I have had so far.",
        "Worth every minute.",
    ),
}
