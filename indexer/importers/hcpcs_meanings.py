"""What the code values of a HCPCS record mean, and what the first letter of a code says.

Which value stands for what is taken from CMS's record layout; the words are ours, short enough for a
label. A value that CMS has retired is kept, because old releases hold it.
"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.codes import HCPCS, looks_like_modifier

#: Medicare's coverage of the code.
COVERAGE: dict[str, str] = {
    "C": "covered at the contractor's discretion",
    "D": "covered under special instructions",
    "I": "not valid for payment by Medicare",
    "M": "not covered by Medicare",
    "S": "excluded from Medicare by law",
}

#: What this release did to the code.
ACTIONS: dict[str, str] = {
    "A": "new code",
    "B": "long description and administrative data changed",
    "C": "long description changed",
    "D": "discontinued",
    "F": "administrative data changed",
    "N": "unchanged",
    "P": "payment data changed",
    "R": "brought back into use",
    "S": "short description changed",
    "T": "BETOS category, type of service or other detail changed",
}

#: How Medicare part B finds the price.
PRICING: dict[str, str] = {
    "00": "no separate part B price (bundled, not covered or part A only)",
    "11": "physician fee schedule: national relative value units",
    "12": "physician fee schedule: national anesthesia base units",
    "13": "physician fee schedule: set by the contractor",
    "21": "laboratory fee schedule: capped by a national limit",
    "22": "laboratory fee schedule: set by the contractor",
    "31": "equipment that needs frequent servicing",
    "32": "inexpensive or routinely bought equipment",
    "33": "oxygen and oxygen equipment",
    "34": "supplies for durable medical equipment",
    "35": "surgical dressings",
    "36": "equipment rented up to a cap",
    "37": "ostomy, tracheostomy and urological supplies",
    "38": "orthotics, prosthetics, prosthetic devices and vision services",
    "39": "parenteral and enteral nutrition",
    "45": "equipment made to measure",
    "46": "equipment or supplies priced by the contractor",
    "51": "drugs",
    "52": "reasonable charge",
    "53": "set by statute",
    "54": "vaccinations",
    "55": "splints and casts",
    "56": "intraocular lenses implanted in an office",
    "57": "other items priced by the contractor",
    "99": "no value set",
}

#: Whether more than one way of pricing applies.
MULTIPLE_PRICING: dict[str, str] = {
    "9": "does not apply: no separate price or none set",
    "A": "priced in one way only",
    "B": "professional part by relative value units; technical and global part by the contractor",
    "C": "physician's interpretation by relative value units; the test itself by the laboratory schedule",
    "D": "physician by relative value units; psychologist by the psychologists' schedule (until 1997)",
    "E": "physician by relative value units; psychologist and social worker by own schedules (until 1997)",
    "F": "physician by the contractor; psychologist and social worker by own schedules (until 1997)",
    "G": "reasonable charge when billed with blood products, otherwise the laboratory schedule",
}

#: Berenson-Eggers type of service, used for statistics of spending.
BETOS: dict[str, str] = {
    "M1A": "office visits, new patient",
    "M1B": "office visits, established patient",
    "M2A": "hospital visits, first",
    "M2B": "hospital visits, later",
    "M2C": "hospital visits, critical care",
    "M3": "emergency room visits",
    "M4A": "home visits",
    "M4B": "nursing home visits",
    "M5A": "specialist visits, pathology",
    "M5B": "specialist visits, psychiatry",
    "M5C": "specialist visits, ophthalmology",
    "M5D": "specialist visits, other",
    "M6": "consultations",
    "P0": "anesthesia",
    "P1A": "major surgery, breast",
    "P1B": "major surgery, removal of colon",
    "P1C": "major surgery, removal of gallbladder",
    "P1D": "major surgery, prostate through the urethra",
    "P1E": "major surgery, removal of uterus",
    "P1F": "major surgery, exploration, decompression or disc removal",
    "P1G": "major surgery, other",
    "P2A": "heart and vessel surgery, coronary bypass",
    "P2B": "heart and vessel surgery, aneurysm repair",
    "P2C": "heart and vessel surgery, clearing of an artery",
    "P2D": "heart and vessel surgery, coronary angioplasty",
    "P2E": "heart and vessel surgery, pacemaker insertion",
    "P2F": "heart and vessel surgery, other",
    "P3A": "orthopedic surgery, hip fracture repair",
    "P3B": "orthopedic surgery, hip replacement",
    "P3C": "orthopedic surgery, knee replacement",
    "P3D": "orthopedic surgery, other",
    "P4A": "eye procedures, corneal transplant",
    "P4B": "eye procedures, cataract removal and lens insertion",
    "P4C": "eye procedures, retinal detachment",
    "P4D": "eye procedures, treatment of retinal lesions",
    "P4E": "eye procedures, other",
    "P5A": "outpatient surgery, skin",
    "P5B": "outpatient surgery, muscles and bones",
    "P5C": "outpatient surgery, groin hernia repair",
    "P5D": "outpatient surgery, stone crushing by shock waves",
    "P5E": "outpatient surgery, other",
    "P6A": "minor procedures, skin",
    "P6B": "minor procedures, muscles and bones",
    "P6C": "minor procedures, other, on the Medicare fee schedule",
    "P6D": "minor procedures, other, off the Medicare fee schedule",
    "P7A": "cancer treatment, radiation",
    "P7B": "cancer treatment, other",
    "P8A": "endoscopy, joints",
    "P8B": "endoscopy, upper digestive tract",
    "P8C": "endoscopy, lower colon",
    "P8D": "endoscopy, whole colon",
    "P8E": "endoscopy, bladder",
    "P8F": "endoscopy, airways",
    "P8G": "endoscopy, gallbladder removal by laparoscope",
    "P8H": "endoscopy, larynx",
    "P8I": "endoscopy, other",
    "P9A": "dialysis on the Medicare fee schedule",
    "P9B": "dialysis off the Medicare fee schedule",
    "I1A": "standard imaging, chest",
    "I1B": "standard imaging, muscles and bones",
    "I1C": "standard imaging, breast",
    "I1D": "standard imaging, digestive tract with contrast",
    "I1E": "standard imaging, nuclear medicine",
    "I1F": "standard imaging, other",
    "I2A": "computed tomography of brain, head or neck",
    "I2B": "computed tomography, other",
    "I2C": "magnetic resonance of brain, head or neck",
    "I2D": "magnetic resonance, other",
    "I3A": "ultrasound, eye",
    "I3B": "ultrasound, abdomen and pelvis",
    "I3C": "ultrasound, heart",
    "I3D": "ultrasound, carotid arteries",
    "I3E": "ultrasound, prostate through the rectum",
    "I3F": "ultrasound, other",
    "I4A": "imaging during a procedure, heart and catheters",
    "I4B": "imaging during a procedure, other",
    "T1A": "laboratory tests, routine blood drawing, off the Medicare fee schedule",
    "T1B": "laboratory tests, automated general profiles",
    "T1C": "laboratory tests, urine",
    "T1D": "laboratory tests, blood counts",
    "T1E": "laboratory tests, glucose",
    "T1F": "laboratory tests, bacterial cultures",
    "T1G": "laboratory tests, other, on the Medicare fee schedule",
    "T1H": "laboratory tests, other, off the Medicare fee schedule",
    "T2A": "other tests, electrocardiogram",
    "T2B": "other tests, heart stress test",
    "T2C": "other tests, electrocardiogram monitoring",
    "T2D": "other tests, other",
    "D1A": "medical and surgical supplies",
    "D1B": "hospital beds",
    "D1C": "oxygen and its supplies",
    "D1D": "wheelchairs",
    "D1E": "other durable medical equipment",
    "D1F": "prosthetic and orthotic devices",
    "D1G": "drugs given through durable medical equipment",
    "O1A": "ambulance",
    "O1B": "chiropractic",
    "O1C": "enteral and parenteral nutrition",
    "O1D": "chemotherapy",
    "O1E": "other drugs",
    "O1F": "hearing and speech services",
    "O1G": "immunizations and vaccinations",
    "Y1": "other, on the Medicare fee schedule",
    "Y2": "other, off the Medicare fee schedule",
    "Z1": "local codes",
    "Z2": "not categorized",
}

#: Kind of service as claims carry it.
TYPES_OF_SERVICE: dict[str, str] = {
    "0": "whole blood",
    "1": "medical care",
    "2": "surgery",
    "3": "consultation",
    "4": "diagnostic radiology",
    "5": "diagnostic laboratory",
    "6": "therapeutic radiology",
    "7": "anesthesia",
    "8": "assistance at surgery",
    "9": "other medical items or services",
    "A": "used durable medical equipment",
    "B": "screening mammography at high risk (until 1997)",
    "C": "screening mammography at low risk (until 1997)",
    "D": "ambulance",
    "E": "enteral and parenteral nutrition and supplies",
    "F": "use of an ambulatory surgical center",
    "G": "drugs that suppress immunity",
    "H": "hospice (until 1994)",
    "I": "equipment bought in installments (until 1995)",
    "J": "diabetic shoes",
    "K": "hearing items and services",
    "L": "supplies for end-stage kidney disease",
    "M": "monthly payment for dialysis",
    "N": "kidney donor",
    "P": "equipment, prosthetics or orthotics bought outright",
    "Q": "vision items or services",
    "R": "rented durable medical equipment",
    "S": "surgical dressings and other medical supplies",
    "T": "outpatient mental health care",
    "U": "occupational therapy",
    "V": "pneumonia, flu or hepatitis B vaccine",
    "W": "physical therapy",
    "Y": "second opinion on planned surgery (until 1996)",
    "Z": "third opinion on planned surgery (until 1996)",
}

#: Specialty in which a laboratory must be certified; a hundred stands for all of its tens.
LAB_CERTIFICATIONS: dict[str, str] = {
    "010": "tissue matching",
    "100": "microbiology",
    "110": "bacteriology",
    "115": "mycobacteriology",
    "120": "mycology",
    "130": "parasitology",
    "140": "virology",
    "150": "other microbiology",
    "200": "diagnostic immunology",
    "210": "syphilis serology",
    "220": "general immunology",
    "300": "chemistry",
    "310": "routine chemistry",
    "320": "urine analysis",
    "330": "endocrinology",
    "340": "toxicology",
    "350": "other chemistry",
    "400": "hematology",
    "500": "immunohematology",
    "510": "ABO group and Rh type",
    "520": "antibody detection for transfusion",
    "530": "antibody detection, other",
    "540": "antibody identification",
    "550": "compatibility testing",
    "560": "other immunohematology",
    "600": "pathology",
    "610": "histopathology",
    "620": "oral pathology",
    "630": "cytology",
    "800": "radioactive assays",
    "900": "clinical cytogenetics",
}

#: Whether an ambulatory surgical center is paid for the code.
OUTPATIENT_POLICY: dict[str, str] = {
    "1": "covered in an ambulatory surgical center",
    "2": "bundled, no payment of its own",
    "3": "not on the list of ambulatory surgical centers",
    "4": "invalid, within 90 days of grace",
    "6": "paid separately when given in an ambulatory surgical center",
    "7": "covered in an ambulatory surgical center under restrictions",
    "9": "no payment to ambulatory surgical centers applies",
}

#: Range of codes by their first letter; D is dental and not part of HCPCS as procsearch reads it.
FAMILIES: dict[str, str] = {
    "A": "Transport, medical and surgical supplies",
    "B": "Enteral and parenteral therapy",
    "C": "Hospital outpatient items (temporary)",
    "E": "Durable medical equipment",
    "G": "Procedures and professional services (temporary)",
    "H": "Behavioral health and substance use treatment",
    "J": "Injected, infused and inhaled drugs; chemotherapy",
    "K": "Equipment and supplies (temporary)",
    "L": "Orthotics and prosthetics",
    "M": "Medical services and quality measures",
    "P": "Pathology, laboratory and blood products",
    "Q": "Drugs, biologicals, casts and other items (temporary)",
    "R": "Transport of X-ray equipment",
    "S": "Private payers' codes (temporary)",
    "T": "State Medicaid services",
    "U": "Coronavirus laboratory tests",
    "V": "Vision, hearing and speech services",
}

MODIFIERS = "Modifiers"
OTHER_CODES = "Other codes"


def family_of(code: str) -> str:
    """Return the family of ``code``, in official spelling: a value of FAMILIES, MODIFIERS or OTHER_CODES."""
    if HCPCS.accepts(code):
        return FAMILIES.get(code[0], OTHER_CODES)
    return MODIFIERS if looks_like_modifier(code) else OTHER_CODES


def meaning(table: Mapping[str, str], value: str | None) -> str | None:
    """Return what ``value`` means in ``table``, or None for no value and for one that is not listed."""
    return None if value is None else table.get(value)
