"""An import service on FastAPI, as app.js has them on others."""

from collections import Counter

from fastapi import FastAPI
from pydantic import BaseModel, field_validator

app = FastAPI()
held = Counter()


class Phone(BaseModel):
    prefix: str
    number: str

    @field_validator("number")
    @classmethod
    def is_number(cls, number: str) -> str:
        if number.endswith("777"):
            raise ValueError("is not a number")
        return number


class Contact(BaseModel):
    phone: Phone


class Details(BaseModel):
    contact: Contact


class Profile(BaseModel):
    userDetails: Details


class User(BaseModel):
    profile: Profile


@app.get("/held")
def get_held():
    return {"contacts": len(held), "sent": held.total()}


@app.post("/inbox/users/import")
def take(users: list[User]):
    for user in users:
        phone = user.profile.userDetails.contact.phone
        held[phone.prefix + phone.number] += 1
    return {"status": "success", "message": "User profiles imported successfully."}
